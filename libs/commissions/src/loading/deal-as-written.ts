import type {
  Agreement,
  CpaPlan,
  ClawbackPlan,
  Cpa,
  Excluded,
  HybridPlan,
  NgrDefinition,
  NgrVersion,
  Qualification,
  RevenueShare,
  RevenueSharePlan,
  Scale,
} from '../agreement.js';

/** Money in a file: a YAML number where it is exact, else a quoted decimal. */
export type WrittenAmount = string | number;

type With<T, Amounts extends keyof T> = Omit<T, Amounts> & { [Name in Amounts]: WrittenAmount };
type Perhaps<T, Names extends keyof T> = Omit<T, Names> & Partial<Pick<T, Names>>;

/** An agreement as its file has it: rates are percentages, and what is usual may be left out. */
export type WrittenAgreement = Omit<Perhaps<Agreement, 'fx'>, 'excluded' | 'plans'> & {
  excluded?: Partial<Excluded>;
  plans: WrittenPlan[];
};

export type WrittenPlan =
  | (Omit<CpaPlan, 'cpa'> & { cpa: WrittenCpa })
  | (Omit<RevenueSharePlan, 'revenue_share'> & { revenue_share: WrittenShare })
  | (Omit<HybridPlan, 'cpa' | 'revenue_share'> & { cpa: WrittenCpa; revenue_share: WrittenShare })
  | (Omit<ClawbackPlan, 'cpa' | 'revenue_share'> & { cpa: WrittenCpa; revenue_share: WrittenShare });

export type WrittenCpa = Omit<With<Cpa, 'amount'>, 'cap' | 'qualification'> & {
  cap?: { count?: number; amount?: WrittenAmount };
  qualification?: Omit<Qualification, 'deposit_amount' | 'wager_amount'> & {
    deposit_amount?: WrittenAmount;
    wager_amount?: WrittenAmount;
  };
};

export type WrittenShare = Omit<Perhaps<RevenueShare, 'ring_fenced'>, 'scale' | 'high_roller' | 'cap'> & {
  scale?: WrittenScale;
  high_roller?: { loss: WrittenAmount };
  cap?: WrittenAmount;
};

export type WrittenScale = Omit<Perhaps<Scale, 'by' | 'per'>, 'steps'> & {
  steps: { from: WrittenAmount; rate: string }[];
};

/** A definition of NGR as its file has it: what is left out is not deducted. */
export type WrittenNgr = Omit<NgrDefinition, 'versions'> & { versions: WrittenNgrVersion[] };

export type WrittenNgrVersion = Omit<Partial<NgrVersion>, 'from' | 'fixed'> & {
  from: string;
  fixed?: { amount: WrittenAmount; currency: string };
};
