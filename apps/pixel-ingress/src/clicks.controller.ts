import { randomUUID } from 'node:crypto';
import { Controller, Get, Inject, NotFoundException, Post, Req, Res } from '@nestjs/common';
import type { PixelClick } from '#libs/events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isPrefetch } from './caller.js';
import { checkClick, readTraffic, trafficParam } from './check-click.js';
import { MAX_ITEMS } from './convert.controller.js';
import type { FieldError } from './field-error.js';
import { Intake } from './intake.js';
import { bodyJson } from './parse-body.js';
import { parseQuery, queryOf } from './parse-query.js';
import { rawClick, rawRecord } from './raw-event-of.js';
import { Refusal, tooMany } from './refusal.js';
import { sendEmpty, sendFieldErrors, sendJson, sendRedirect } from './replies.js';

/** Clicks: made here by a visitor on a link, or reported by whoever made them. */
@Controller()
export class ClicksController {
  constructor(@Inject(Intake) private readonly intake: Intake) {}

  /** The redirect waits for the log as every reply does: a click that is not stored loses its conversions. */
  @Get('click/:link')
  async click(
    @Req() request: FastifyRequest<{ Params: { link: string } }>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    reply.hijack();
    const raw = request.raw;
    const brand = this.intake.brandOf(raw);
    const link = brand.links.get(request.params.link);
    if (!link) throw new NotFoundException();
    if (isPrefetch(raw.headers)) {
      this.intake.count('click', 'prefetch');
      return sendEmpty(reply.raw, 204);
    }
    const { leftOut, ...traffic } = readTraffic(parseQuery(queryOf(raw.url!), trafficParam), link);
    const edge = this.intake.edgeOf(raw, brand, Date.now());
    const click: PixelClick = {
      click_id: randomUUID(),
      link: link.name,
      referrer: edge.client?.referrer,
      ...traffic,
    };
    await this.intake.batches.add(rawRecord(rawClick(click, edge)));
    this.intake.count('click', leftOut.length > 0 ? 'accepted_in_part' : 'accepted');
    sendRedirect(reply.raw, link.url.fill(click), edge.receiptId);
  }

  /** All or none: one that is wrong refuses the call, so that a reporter's retry cannot tell clicks in part. */
  @Post('clicks')
  async report(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    reply.hijack();
    const brand = this.intake.brandOf(request.raw);
    const body = bodyJson(request);
    const reported: unknown[] = Array.isArray(body) ? body : [body];
    if (reported.length > MAX_ITEMS) throw tooMany(MAX_ITEMS);
    if (reported.length === 0) throw new Refusal(422, 'invalid', { errors: [NO_CLICK] });
    const nowMs = Date.now();
    const clicks: PixelClick[] = [];
    const errors: FieldError[] = [];
    reported.forEach((one, index) => {
      const checked = checkClick(one, brand, (name) => brand.links.get(name), nowMs);
      if (!Array.isArray(checked)) clicks.push(checked);
      else errors.push(...checked.map((e) => (Array.isArray(body) ? { index, ...e } : e)));
    });
    if (errors.length > 0) {
      this.intake.count('clicks', 'invalid');
      return sendFieldErrors(reply.raw, errors);
    }
    const edge = this.intake.edgeOf(request.raw, brand, nowMs);
    const edges = clicks.map((_, i) => (i === 0 ? edge : this.intake.nextEdge(edge, nowMs)));
    await this.intake.batches.addAll(clicks.map((click, i) => rawRecord(rawClick(click, edges[i]!))));
    this.intake.count('clicks', 'accepted');
    const receipts = edges.map((e) => ({ receipt_id: e.receiptId }));
    sendJson(reply.raw, 202, Array.isArray(body) ? receipts : receipts[0], ['X-Receipt-Id', edge.receiptId]);
  }
}

const NO_CLICK: FieldError = { field: '', code: 'missing', message: 'must hold at least one click' };
