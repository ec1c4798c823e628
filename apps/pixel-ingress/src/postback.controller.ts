import { Controller, Get, Inject, NotFoundException, Post, Req, Res } from '@nestjs/common';
import { rawEventKey, serializeRawEvent } from '#libs/events';
import { PLATFORM } from '#libs/nest';
import { type Platform } from '#libs/runtime';
import { SliceError } from '#libs/sources';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Intake } from './intake.js';
import { Postbacks, type Postback } from './postbacks.js';
import { readPostback, recordOf, type ReadPostback } from './read-postback.js';
import { notSetUp, notShown } from './refusal.js';
import { sendText } from './replies.js';

/** What partners tell by calling us: a record of one of their streams, through the same mapping. */
@Controller('postback')
export class PostbackController {
  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(Intake) private readonly intake: Intake,
    @Inject(Postbacks) private readonly postbacks: Postbacks,
  ) {}

  @Get(':source')
  async get(@Req() request: PostbackRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.take(request, reply);
  }

  @Post(':source')
  async post(@Req() request: PostbackRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.take(request, reply);
  }

  /** Whatever shows whose it is is stored as it came; what no mapping takes is a dead letter, and can be replayed. */
  private async take(request: PostbackRequest, reply: FastifyReply): Promise<void> {
    reply.hijack();
    const postback = this.postbacks.of(request.params.source);
    if (!postback) throw new NotFoundException();
    const read = readPostback(request);
    this.assertShown(postback, read);
    const nowMs = Date.now();
    const { receivedAt, receiptId } = this.intake.stampOf(nowMs);
    const event = postback.recordEvent(recordOf(read, postback.credential), {
      ...{ source: `${postback.source}.postback`, receivedAt, receiptId },
    });
    // One key for the API and its postback: a fact told by both keeps together
    const key = rawEventKey(postback.source, event.natural_key);
    await this.intake.batches.add({ key, value: serializeRawEvent(event) });
    this.intake.count('postback', 'accepted');
    const { status, body, contentType } = postback.reply;
    sendText(reply.raw, status, body, contentType, receiptId);
  }

  private assertShown({ source, isShown }: Postback, { call }: ReadPostback): void {
    let shown: boolean;
    try {
      shown = isShown(call);
    } catch (e) {
      if (!(e instanceof SliceError)) throw e;
      this.platform.logger.error({ source, problem: e.message }, 'a postback cannot be verified');
      throw notSetUp();
    }
    if (!shown) throw notShown();
  }
}

type PostbackRequest = FastifyRequest<{ Params: { source: string } }>;
