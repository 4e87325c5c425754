/** A wait that is counted down second by second. */

const SECOND_MS = 1_000;

export class Countdown {
  /** Whole seconds that are left; 0: no wait. */
  left = $state(0);
  readonly clock = $derived(
    `${Math.floor(this.left / 60)}:${String(this.left % 60).padStart(2, "0")}`,
  );
  #end_ms = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Begins to wait; null: whatever was waited for goes on. */
  start(seconds: number | null): void {
    if (seconds === null) return;
    this.stop();
    this.#end_ms = performance.now() + seconds * SECOND_MS;
    this.left = seconds;
    this.#timer = setInterval(() => this.#tick(), SECOND_MS / 4);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.left = 0;
  }

  #tick(): void {
    const left_ms = this.#end_ms - performance.now();
    this.left = Math.max(0, Math.ceil(left_ms / SECOND_MS));
    if (this.left === 0) clearInterval(this.#timer);
  }
}
