/** A tool's schema cannot be offered; the message is ours and goes on after "its schema". */
export class Unusable extends Error {}

export const tooDeep = () => new Unusable("is nested too deep");
