import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Jest reporter: one loud line at the end of the run for each part that was not tested, and why. */
export default class SkippedPartsReporter {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'tributary-skipped-'));
    // Inherited by the workers, which append to it: see skipped-parts.ts.
    process.env.TRIBUTARY_SKIPPED_PARTS = join(this.folder, 'parts');
  }

  onRunComplete() {
    const file = process.env.TRIBUTARY_SKIPPED_PARTS;
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    for (const line of new Set(lines)) process.stderr.write(`\nNOT TESTED: ${line}\n`);
    rmSync(this.folder, { recursive: true, force: true });
  }

  getLastError() {}
}
