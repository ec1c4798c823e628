import 'reflect-metadata';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Matches, Max, Min, ValidateIf } from './checks.js';

/** `true`/`false`/`1`/`0` of an environment variable; anything else stays as it is and fails its check. */
export const ToBoolean = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : value,
  );

/** What every app is told by its environment. Each property is the variable of the same name. */
export class PlatformSettings {
  /** Unset: the embedded PostgreSQL. */
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, { message: 'DATABASE_URL must begin with postgres:// or postgresql://' })
  DATABASE_URL?: string = undefined;

  /** Unset: the event log in PostgreSQL. */
  @IsOptional()
  @Matches(/^\s*[^\s,:]+:\d+\s*(,\s*[^\s,:]+:\d+\s*)*$/, {
    message: 'KAFKA_BROKERS must be host:port, several separated by commas',
  })
  KAFKA_BROKERS?: string = undefined;

  @ToBoolean()
  @IsBoolean({ message: 'KAFKA_SSL must be true or false' })
  KAFKA_SSL: boolean = false;

  @IsOptional()
  @IsIn(['plain', 'scram-sha-256', 'scram-sha-512'], {
    message: 'KAFKA_SASL_MECHANISM must be plain, scram-sha-256 or scram-sha-512',
  })
  KAFKA_SASL_MECHANISM?: 'plain' | 'scram-sha-256' | 'scram-sha-512' = undefined;

  @ValidateIf((s: PlatformSettings) => s.KAFKA_SASL_MECHANISM !== undefined)
  @IsString({ message: 'KAFKA_SASL_USERNAME must be set with KAFKA_SASL_MECHANISM' })
  KAFKA_SASL_USERNAME?: string = undefined;

  @ValidateIf((s: PlatformSettings) => s.KAFKA_SASL_MECHANISM !== undefined)
  @IsString({ message: 'KAFKA_SASL_PASSWORD must be set with KAFKA_SASL_MECHANISM' })
  KAFKA_SASL_PASSWORD?: string = undefined;

  @Matches(/^[a-zA-Z0-9._-]{0,100}$/, {
    message: 'KAFKA_TOPIC_PREFIX must be at most 100 letters, digits, dots, underscores and hyphens',
  })
  KAFKA_TOPIC_PREFIX: string = '';

  @Type(() => Number)
  @IsInt({ message: 'KAFKA_PARTITIONS must be a whole number' })
  @Min(1, { message: 'KAFKA_PARTITIONS must be at least 1' })
  @Max(1000, { message: 'KAFKA_PARTITIONS must be at most 1000' })
  KAFKA_PARTITIONS: number = 12;

  /** Unset: the broker's default. */
  @IsOptional()
  @Type(() => Number)
  @IsInt({ message: 'KAFKA_REPLICATION must be a whole number' })
  @Min(1, { message: 'KAFKA_REPLICATION must be at least 1' })
  KAFKA_REPLICATION?: number = undefined;

  @IsString()
  DATA_DIR: string = '.tributary';

  /** Folder of the source definitions; one that is not there has none. */
  @IsString()
  SOURCES_DIR: string = 'sources';

  /** Folder of the agreements with partners; one that is not there has none. */
  @IsString()
  AGREEMENTS_DIR: string = 'agreements';

  @IsString()
  ADMIN_HOST: string = '0.0.0.0';

  @Type(() => Number)
  @IsInt({ message: 'ADMIN_PORT must be a port number' })
  @Min(0, { message: 'ADMIN_PORT must be a port number' })
  @Max(65535, { message: 'ADMIN_PORT must be a port number' })
  ADMIN_PORT: number = 9090;

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    message: 'LOG_LEVEL must be fatal, error, warn, info, debug, trace or silent',
  })
  LOG_LEVEL: string = 'info';
}
