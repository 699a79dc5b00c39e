/**
 * A cautious guess of how many tokens a model makes of a text: no tokenizer is the same as the
 * next, and too high a guess costs some history where too low a one costs the turn.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (let i = 0; i < text.length; i++) tokens += unitTokens(text.charCodeAt(i));
  return Math.ceil(tokens);
}

/** The longest beginning of `text` within `limit` tokens; never ends in half a character. */
export function beginning(text: string, limit: number): string {
  let tokens = 0;
  let end = 0;
  for (const character of text) {
    tokens += estimateCharacter(character);
    if (tokens > limit) break;
    end += character.length;
  }
  return text.slice(0, end);
}

function estimateCharacter(character: string): number {
  let tokens = 0;
  for (let i = 0; i < character.length; i++) tokens += unitTokens(character.charCodeAt(i));
  return tokens;
}

// English runs to about four characters a token and code to three; Latin with accents, Greek and
// Cyrillic to two; Chinese and Japanese to one, an emoji (two units) to two or three.
function unitTokens(unit: number): number {
  if (unit < 0x80) return 0.3;
  return unit < 0x800 ? 0.5 : 1;
}
