import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, Min } from '#libs/runtime';
import { readBrandsFile, type Brands } from '#libs/brands';
import { SettingsError, readSettings, type Environment } from '#libs/runtime';

/** What the pixel ingress is told by its environment. */
export class PixelSettings {
  @IsString()
  PIXEL_HOST: string = '0.0.0.0';

  @Type(() => Number)
  @IsInt({ message: 'PIXEL_PORT must be a port number' })
  @Min(0, { message: 'PIXEL_PORT must be a port number' })
  @Max(65535, { message: 'PIXEL_PORT must be a port number' })
  PIXEL_PORT: number = 8080;

  /** How many proxies of our own stand before us and add to X-Forwarded-For. */
  @Type(() => Number)
  @IsInt({ message: 'TRUST_PROXY_HOPS must be a whole number' })
  @Min(0, { message: 'TRUST_PROXY_HOPS must be at least 0' })
  @Max(10, { message: 'TRUST_PROXY_HOPS must be at most 10' })
  TRUST_PROXY_HOPS: number = 0;

  /** Unset: one brand named `default` that takes every host. */
  @IsOptional()
  @IsString()
  PIXEL_BRANDS_FILE?: string = undefined;
}

/** Reads the settings with the brands of their file. @throws SettingsError with every problem of both */
export function readPixelSettings(environment: Environment): { settings: PixelSettings; brands: Brands } {
  let settings: PixelSettings | undefined;
  let problems: readonly string[] = [];
  try {
    settings = readSettings(PixelSettings, environment);
  } catch (e) {
    if (!(e instanceof SettingsError)) throw e;
    problems = e.problems;
  }
  const read = readBrandsFile(environment['PIXEL_BRANDS_FILE'] || undefined);
  if ('problems' in read) throw new SettingsError([...problems, ...read.problems]);
  if (!settings) throw new SettingsError(problems);
  return { settings, brands: read.brands };
}
