/** Which money it is: `Normal` is the player's own, `Prize` a bonus. */
export const OPERATION_TYPES = ['Normal', 'Prize', 'Compensation', 'Cash back', 'Other'] as const;

/** States of a transaction; of two records of one version the one further on stands. */
export const TRANSACTION_STATUSES = ['New', 'Process', 'Success', 'Fail'] as const;

/** Into the player's balance or out of it. */
export const DIRECTIONS = ['IN', 'OUT'] as const;
