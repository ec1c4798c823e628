/** Digits of the number that tells one call from the next. */
const DIGITS = 9;

/** Click ids that the calls name in turn, and which `POST /clicks` may report before. */
export function clickIdOf(n: number): string {
  return `fd3ba970-2330-4576-94ba-${n.toString(16).padStart(12, '0')}`;
}

/** The transaction id of a call. @param run tells one round's calls from another's */
export function transactionIdOf(run: string, n: number): string {
  return `${run}-${String(n).padStart(DIGITS, '0')}`;
}

/** Player of a call: five calls in a row are one player's. */
const playerOf = (n: number): number => Math.floor(n / 5);

/** The click that a call names. */
export function clickOfCall(n: number): string {
  return clickIdOf(playerOf(n));
}

/**
 * A server's deposit pixel as bytes on the wire, its numbers written into one buffer for each call.
 * @param run as in `transactionIdOf`
 */
export class PixelCall {
  private readonly bytes: Buffer;
  private readonly clickAt: number;
  private readonly playerAt: number;
  private readonly transactionAt: number;

  constructor(run: string) {
    const click = clickIdOf(0);
    const zeros = '0'.repeat(DIGITS);
    const head =
      `GET /convert/${click}?type=deposit&currency=usd&amount=40.5&player_id=p${zeros}` +
      `&transaction_id=${run}-${zeros} HTTP/1.1\r\n` +
      'Host: go.example.com\r\nUser-Agent: game-server/1.0\r\nAccept: */*\r\n\r\n';
    this.bytes = Buffer.from(head, 'latin1');
    this.clickAt = head.indexOf(click) + click.length - 12;
    this.playerAt = head.indexOf('player_id=p') + 'player_id=p'.length;
    this.transactionAt = head.indexOf(`${run}-`) + run.length + 1;
  }

  /** The bytes of a call; they hold until the next. */
  of(n: number): Buffer {
    const player = playerOf(n);
    this.bytes.write(player.toString(16).padStart(12, '0'), this.clickAt, 'latin1');
    this.bytes.write(String(player).padStart(DIGITS, '0'), this.playerAt, 'latin1');
    this.bytes.write(String(n).padStart(DIGITS, '0'), this.transactionAt, 'latin1');
    return this.bytes;
  }
}
