/** When a batch goes out, and how many may be on their way. */
export interface BatchLimits {
  messages: number;
  /** From its first message. */
  maxWaitMs: number;
  /** Batches that are on their way at once; those with ordering keys go one after another. */
  inFlight: number;
}

/**
 * Puts messages together and hands each batch on, full or when its first message has waited long enough. A batch with
 * ordering keys waits for all before it, and all behind wait for it, so that the order of a key is kept.
 */
export class MessageBatches<Message extends { orderingKey?: string | undefined }> {
  private batch: Message[] = [];
  private isOrdered = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly waiting: { messages: Message[]; isOrdered: boolean }[] = [];
  private readonly running = new Set<Message[]>();
  private orderedRuns = false;

  /** @param handle must not reject */
  constructor(
    private readonly limits: BatchLimits,
    private readonly handle: (messages: readonly Message[]) => Promise<void>,
  ) {}

  add(message: Message): void {
    this.batch.push(message);
    if (message.orderingKey) this.isOrdered = true;
    if (this.batch.length >= this.limits.messages) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), this.limits.maxWaitMs);
  }

  /** Ends the batch that is being filled. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.batch.length === 0) return;
    this.waiting.push({ messages: this.batch, isOrdered: this.isOrdered });
    this.batch = [];
    this.isOrdered = false;
    this.next();
  }

  /** Messages that are not handled yet. */
  *inHand(): Generator<Message> {
    for (const messages of this.running) yield* messages;
    for (const { messages } of this.waiting) yield* messages;
    yield* this.batch;
  }

  private next(): void {
    for (let head = this.waiting[0]; head; head = this.waiting[0]) {
      const isFree = head.isOrdered ? this.running.size === 0 : this.running.size < this.limits.inFlight;
      if (this.orderedRuns || !isFree) return;
      this.waiting.shift();
      const { messages } = head;
      this.running.add(messages);
      this.orderedRuns = head.isOrdered;
      void this.handle(messages).then(() => {
        this.running.delete(messages);
        this.orderedRuns = false;
        this.next();
      });
    }
  }
}
