import { Presets, SingleBar } from 'cli-progress';

/** Hears how far a command is. */
export interface Progress {
  onProgress: (done: number, total: number) => void;
  /** Takes the bar away. */
  end: () => void;
}

/**
 * A bar on a terminal's standard error, nothing elsewhere.
 * @param unit what is counted, in the plural
 */
export function progressBar(unit: string): Progress {
  if (!process.stderr.isTTY) return { onProgress: () => {}, end: () => {} };
  const format = `{bar} {percentage}% | {value} of {total} ${unit} | {eta_formatted} left`;
  const bar = new SingleBar({ format, clearOnComplete: true }, Presets.shades_classic);
  let started = false;
  return {
    onProgress: (done, total) => {
      if (started) return bar.update(Math.min(done, total));
      started = true;
      bar.start(total, Math.min(done, total));
    },
    end: () => bar.stop(),
  };
}
