/** What happened to the calls of one round. Times in milliseconds. */
export interface Latencies {
  p50: number;
  p99: number;
  p999: number;
  max: number;
}

/** Percentiles of times, which are sorted in place. @throws RangeError where there are none */
export function latenciesOf(times: Float64Array): Latencies {
  if (times.length === 0) throw new RangeError('no times');
  times.sort();
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))]!;
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999), max: times.at(-1)! };
}
