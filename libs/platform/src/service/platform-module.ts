import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { ServiceContext } from './context.js';

/** Tokens of what {@link platformModule} provides; a service injects them by `@Inject(CLOCK)` or in a factory. */
export const SERVICE = Symbol('ServiceContext');
export const CONFIG = Symbol('ServiceConfig');
export const LOGGER = Symbol('Logger');
export const METRICS = Symbol('Metrics');
export const HEALTH = Symbol('Health');
export const STATUS = Symbol('Status');
export const CLOCK = Symbol('Clock');
export const TIMERS = Symbol('Timers');
export const RANDOMNESS = Symbol('Randomness');
export const SECRETS = Symbol('SecretSource');

@Global()
@Module({})
class PlatformModule {}

/** A Nest module that provides the parts of a {@link ServiceContext} to all modules of a service. */
export function platformModule(context: ServiceContext): DynamicModule {
  const providers = [
    { provide: SERVICE, useValue: context },
    { provide: CONFIG, useValue: context.config },
    { provide: LOGGER, useValue: context.logger },
    { provide: METRICS, useValue: context.metrics },
    { provide: HEALTH, useValue: context.health },
    { provide: STATUS, useValue: context.status },
    { provide: CLOCK, useValue: context.clock },
    { provide: TIMERS, useValue: context.timers },
    { provide: RANDOMNESS, useValue: context.randomness },
    { provide: SECRETS, useValue: context.secrets },
  ];
  return { module: PlatformModule, providers, exports: providers.map(({ provide }) => provide) };
}
