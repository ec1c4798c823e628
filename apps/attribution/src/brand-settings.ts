import { readBrandsFile, type Brands } from '#libs/brands';
import { replaceLookBacks, type Database } from '#libs/database';
import { SettingsError, type Environment } from '#libs/runtime';

/**
 * The brands of `PIXEL_BRANDS_FILE`; undefined without one: what the database says of brands stays as it is.
 * @throws SettingsError with every problem of the file
 */
export function readBrands(environment: Environment): Brands | undefined {
  const path = environment['PIXEL_BRANDS_FILE'] || undefined;
  if (path === undefined) return undefined;
  const read = readBrandsFile(path);
  if ('problems' in read) throw new SettingsError(read.problems);
  return read.brands;
}

/** Makes the look-backs of the file those that hold for everyone. */
export async function storeLookBacks(database: Database, { all }: Brands): Promise<void> {
  const lookBacks = all.flatMap(({ name, lookBackDays }) =>
    lookBackDays === undefined ? [] : [[name, lookBackDays] as const],
  );
  await replaceLookBacks(database, new Map(lookBacks));
}
