/**
 * Which facts count, in one place. Amounts are native.
 * - a game session counts at its first action, with all of its stakes and wins so far;
 * - a bet counts when it was made, once it is settled: it has an amount that was won, or its status says that it is over.
 *   What an open bet will win is not known, and its stake alone would be read as lost.
 */
export const REAL_GAMES = `(g.balance_type IS NULL OR g.balance_type = 'Normal')`;
export const REAL_BETS = `(b.kind IS NULL OR b.kind = 'Normal') AND b.stake IS NOT NULL AND b.currency IS NOT NULL
      AND (b.win_amount IS NOT NULL OR lower(b.status) IN ('settled', 'lost', 'lose', 'loss'))`;

/** Of money that came in by conversions: what was paid, and of what was paid how much was taken back. */
export const PAID_DEPOSITS = `c.type = 'deposit' AND c.status IN ('approved', 'reversed') AND c.amount IS NOT NULL
      AND c.currency IS NOT NULL`;
export const DEPOSITED = `CASE c.status WHEN 'approved' THEN c.amount ELSE 0 END`;

/** Movements that are no deposits of real money. */
export const MOVEMENTS = `x.conversion_id IS NULL AND (x.status IS NULL OR x.status = 'Success')
      AND NOT (x.dir = 'IN' AND (x.type IS NULL OR x.type = 'Normal'))`;
