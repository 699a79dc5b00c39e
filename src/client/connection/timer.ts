/** One deadline at a time: a new one takes the place of the old. */
export class Timer {
  #stop: (() => void) | undefined;

  get isRunning(): boolean {
    return this.#stop !== undefined;
  }

  start(ms: number, call: () => void): void {
    this.stop();
    const id = setTimeout(() => {
      this.#stop = undefined;
      call();
    }, ms);
    this.#stop = () => clearTimeout(id);
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
  }
}
