/** One way of a connection from its position to now, while it is on it. */
export class Replay {
  readonly #end = Promise.withResolvers<boolean>();
  #isStopped = false;

  /** Resolves once it is over: true where the connection has caught up. Never rejects. */
  get done(): Promise<boolean> {
    return this.#end.promise;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  stop(): void {
    this.#isStopped = true;
    this.#end.resolve(false);
  }

  succeed(): void {
    this.#end.resolve(true);
  }
}
