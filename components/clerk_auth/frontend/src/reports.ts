/** What this component tells Python. Every report reruns a script, so only news is sent. */

/** Mirrors `ClerkAuthValue` in `components/clerk_auth/__init__.py`. */
export interface Report {
  /** Grows with each report, also across reloads of this frame. */
  seq: number;
  status: "signed-in" | "signed-out" | "unavailable";
  /** Only with `signed-in`, and only until Python has acknowledged it. */
  token: string | null;
}

export class Reporter {
  private last: Report | null = null;
  private lastToken: string | null = null;
  private tokenSeq = 0;
  private acknowledged = -1;

  constructor(private readonly send: (report: Report) => void) {}

  /** Sends a token unless it is the one sent last; `again` sends it all the same. */
  signedIn(token: string, again = false): void {
    if (!again && token === this.lastToken && this.last?.status === "signed-in") return;
    this.lastToken = token;
    this.report("signed-in", token);
    this.tokenSeq = this.last?.seq ?? 0;
  }

  signedOut(): void {
    this.without("signed-out");
  }

  unavailable(): void {
    this.without("unavailable");
  }

  /**
   * Takes the number of the last report that Python read, and drops the token from the component's
   * value, which the browser would otherwise send along with every rerun.
   */
  acknowledge(seq: number): void {
    this.acknowledged = seq;
    if (this.last?.token && seq >= this.last.seq) this.report("signed-in", null);
  }

  /** True if Python has judged the token that was sent last. */
  isJudged(acknowledged: number): boolean {
    return this.lastToken !== null && acknowledged >= this.tokenSeq;
  }

  private without(status: "signed-out" | "unavailable"): void {
    this.lastToken = null;
    if (this.last?.status !== status) this.report(status, null);
  }

  private report(status: Report["status"], token: string | null): void {
    // Above what Python has read even where this device's clock was set back.
    const seq = Math.max(Date.now(), this.acknowledged + 1, (this.last?.seq ?? 0) + 1);
    this.last = { seq, status, token };
    this.send(this.last);
  }
}
