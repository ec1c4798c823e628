export type { Subscription } from './event-log-server.js';
export { NestLogger } from './nest-logger.js';
export { PLATFORM, PlatformModule, startConsumerApp } from './platform-module.js';
