import type { Agreement, NgrVersion, Plan } from '#libs/commissions';

/** What a breakdown was reckoned by. */
export interface Terms {
  agreement: Pick<Agreement, 'partner' | 'brand' | 'time_zone' | 'excluded'>;
  /** By their versions. */
  plans: ReadonlyMap<string, Plan>;
  ngrs: ReadonlyMap<string, NgrVersion>;
}
