/** How often a property is tried: so many times, or as `PROPERTY_RUNS` says. */
export function propertyRuns(usual: number): number {
  return Number(process.env.PROPERTY_RUNS ?? usual);
}
