import { Controller, Get, Inject } from '@nestjs/common';
import { PLATFORM } from '#libs/nest';
import { type Platform } from '#libs/runtime';
import { readStatus, type Status } from './read-status.js';

/** The state of the installation on one screen. */
@Controller('status')
export class StatusController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  @Get()
  status(): Promise<Status> {
    return readStatus(this.platform);
  }
}
