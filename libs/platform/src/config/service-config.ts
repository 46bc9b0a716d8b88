import { IsIn, IsInt, Matches, Max, Min } from 'class-validator';
import { KafkaConfig } from './kafka-config.js';
import { Setting } from './setting.js';

/** The settings every process has. Each service extends it (or {@link StoreConfig}) by its own. */
export class ServiceConfig extends KafkaConfig {
  @Setting({ env: 'OPS_HOST', default: '127.0.0.1', description: 'address that /metrics and /health listen on' })
  opsHost!: string;

  @Setting({ env: 'OPS_PORT', description: 'port that /metrics and /health listen on' })
  @IsInt()
  @Min(0)
  @Max(65_535)
  opsPort!: number;

  @Setting({ env: 'LOG_LEVEL', default: 'info', description: 'debug, info, warn or error' })
  @IsIn(['debug', 'info', 'warn', 'error'])
  logLevel!: 'debug' | 'info' | 'warn' | 'error';

  @Setting({ env: 'SECRETS_DIR', optional: true, description: 'folder with one file a secret, named as the secret' })
  secretsDir?: string;
}

/** For a service that keeps state. */
export class StoreConfig extends ServiceConfig {
  @Setting({
    env: 'DATABASE_URL',
    secret: true,
    description: 'PostgreSQL, postgres://user:password@host:port/database',
  })
  @Matches(/^postgres(ql)?:\/\/\S+$/, { message: 'it must begin with postgres:// or postgresql://' })
  databaseUrl!: string;
}

/** For a service that is called over HTTP. */
export class HttpServiceConfig extends ServiceConfig {
  @Setting({ env: 'HTTP_HOST', default: '0.0.0.0', description: 'address that callers reach' })
  httpHost!: string;

  @Setting({ env: 'HTTP_PORT', description: 'port that callers reach' })
  @IsInt()
  @Min(0)
  @Max(65_535)
  httpPort!: number;
}
