import { createRequire } from 'node:module';
import type * as ClassValidator from 'class-validator';

/** What settings are checked with. All of class-validator brings the phone numbers of the world: 0.15 s of every start. */
const load = createRequire(import.meta.url);
const part = (path: string) => load(`class-validator/cjs/${path}.js`) as typeof ClassValidator;

export const { IsIn } = part('decorator/common/IsIn');
export const { IsOptional } = part('decorator/common/IsOptional');
export const { ValidateIf } = part('decorator/common/ValidateIf');
export const { Max } = part('decorator/number/Max');
export const { Min } = part('decorator/number/Min');
export const { Matches } = part('decorator/string/Matches');
export const { IsBoolean } = part('decorator/typechecker/IsBoolean');
export const { IsInt } = part('decorator/typechecker/IsInt');
export const { IsString } = part('decorator/typechecker/IsString');
export const { Validator } = part('validation/Validator');
