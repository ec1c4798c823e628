import { Type } from 'class-transformer';
import { IsInt, IsOptional, Matches, Max, Min, ValidateIf } from '#libs/runtime';

/** Host names and addresses that only this machine can reach. */
export const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;

/** What the console is told by its environment. Each property is the variable of the same name. */
export class ConsoleSettings {
  /** Without a token, whoever can connect may read: then nobody outside may connect. */
  @ValidateIf((s: ConsoleSettings) => s.ADMIN_TOKEN === undefined)
  @Matches(LOOPBACK, {
    message:
      'CONSOLE_HOST must be a loopback address (127.0.0.1, ::1, localhost) while ADMIN_TOKEN is not set',
  })
  CONSOLE_HOST: string = '127.0.0.1';

  @Type(() => Number)
  @IsInt({ message: 'CONSOLE_PORT must be a port number' })
  @Min(0, { message: 'CONSOLE_PORT must be a port number' })
  @Max(65535, { message: 'CONSOLE_PORT must be a port number' })
  CONSOLE_PORT: number = 8081;

  /** Asked for as `Authorization: Bearer …`. */
  @IsOptional()
  @Matches(/^[\x21-\x7e]+$/, {
    message: 'ADMIN_TOKEN must be printable ASCII without spaces, as an HTTP header can carry it',
  })
  ADMIN_TOKEN?: string = undefined;
}
