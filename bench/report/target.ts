/** What is to be reached, and what was measured. */
export interface Target {
  what: string;
  is: 'at least' | 'at most' | 'below';
  goal: number;
  measured: number;
  /** Behind both numbers, with the space before it where it takes one. */
  unit: string;
}

/** Whether the measured value keeps the goal. */
export function isReached({ is, goal, measured }: Target): boolean {
  switch (is) {
    case 'at least':
      return measured >= goal;
    case 'at most':
      return measured <= goal;
    case 'below':
      return measured < goal;
  }
}
