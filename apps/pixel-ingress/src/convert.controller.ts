import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { Brand } from '#libs/brands';
import type { LogRecord } from '#libs/event-log';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isPrefetch } from './caller.js';
import { checkConversion, conversionParam } from './check-conversion.js';
import type { FieldError } from './field-error.js';
import { Intake } from './intake.js';
import { mergeParams, paramsOf, type Params } from './params.js';
import { bodyJson, bodyParams } from './parse-body.js';
import { parseQuery, queryOf } from './parse-query.js';
import { rawConversion, rawRecord, type Edge } from './raw-event-of.js';
import { notAnArray, tooMany } from './refusal.js';
import { sendAccepted, sendEmpty, sendFieldErrors, sendGif, sendJson, sendRedirect } from './replies.js';

/** Items that one call may bring. */
export const MAX_ITEMS = 1_000;

type ConvertRequest = FastifyRequest<{ Params: { click_id: string } }>;
type ItemAnswer = { status: 202; receipt_id: string } | { status: 422; errors: FieldError[] };

/**
 * The conversion pixel. Handlers answer on Node's response itself: with Nest's router in front a call costs
 * 1.3 times the CPU of a bare `node:http` server, and Fastify's reply would add its hooks and serializer.
 */
@Controller('convert')
export class ConvertController {
  constructor(@Inject(Intake) private readonly intake: Intake) {}

  @Get(':click_id')
  async get(@Req() request: ConvertRequest, @Res() reply: FastifyReply): Promise<void> {
    reply.hijack();
    await this.convert(request, reply.raw, undefined);
  }

  @Post(':click_id')
  async post(@Req() request: ConvertRequest, @Res() reply: FastifyReply): Promise<void> {
    reply.hijack();
    await this.convert(request, reply.raw, bodyParams(request, conversionParam));
  }

  @Post()
  async batch(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    reply.hijack();
    const brand = this.intake.brandOf(request.raw);
    const items = bodyJson(request);
    if (!Array.isArray(items)) throw notAnArray();
    if (items.length > MAX_ITEMS) throw tooMany(MAX_ITEMS);
    const nowMs = Date.now();
    const edge = this.intake.edgeOf(request.raw, brand, nowMs);
    const records: LogRecord[] = [];
    const answers = items.map((item: unknown): ItemAnswer => {
      const checked = checkItem(item, brand, nowMs);
      if (Array.isArray(checked)) return { status: 422, errors: checked };
      const own = this.intake.nextEdge(edge, nowMs);
      records.push(rawRecord(rawConversion(checked, own)));
      return { status: 202, receipt_id: own.receiptId };
    });
    await this.intake.batches.addAll(records);
    this.intake.count('convert_batch', 'accepted');
    sendJson(reply.raw, 207, answers);
  }

  private async convert(
    request: ConvertRequest,
    response: ServerResponse,
    body: Params | undefined,
  ): Promise<void> {
    const raw = request.raw;
    const brand = this.intake.brandOf(raw);
    if (isPrefetch(raw.headers)) {
      this.intake.count('convert', 'prefetch');
      return sendEmpty(response, 204);
    }
    const named = request.params.click_id;
    const isImage = named.endsWith('.gif');
    const query = parseQuery(queryOf(raw.url!), conversionParam);
    const params = withClickId(body ? mergeParams(query, body) : query, isImage ? named.slice(0, -4) : named);
    const nowMs = Date.now();
    const checked = checkConversion(params, brand, nowMs);
    if (Array.isArray(checked)) {
      this.intake.count('convert', 'invalid');
      return sendFieldErrors(response, checked);
    }
    const edge = this.intake.edgeOf(raw, brand, nowMs);
    await this.intake.batches.add(rawRecord(rawConversion(checked, edge)));
    this.intake.count('convert', 'accepted');
    if (isImage && takesImages(raw)) return sendGif(response, edge.receiptId);
    if (checked.test) return this.answerTest(response, brand, checked.click_id, edge);
    sendAccepted(response, edge.receiptId);
  }

  private async answerTest(
    response: ServerResponse,
    brand: Brand,
    clickId: string,
    edge: Edge,
  ): Promise<void> {
    const location = await this.intake.clicks.trackingLink(brand, clickId);
    if (location === undefined) sendAccepted(response, edge.receiptId);
    else sendRedirect(response, location, edge.receiptId);
  }
}

/** The path names the click. The same id once more among the parameters does no harm, another one does. */
function withClickId(params: Params, clickId: string): Params {
  const values = params.values as Map<string, string>;
  const other = values.get('click_id');
  values.set('click_id', clickId);
  return other === undefined || other.toLowerCase() === clickId.toLowerCase()
    ? params
    : { ...params, repeated: new Set([...params.repeated, 'click_id']) };
}

function checkItem(item: unknown, brand: Brand, nowMs: number): ReturnType<typeof checkConversion> {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    return [{ field: '', code: 'invalid_type', message: 'must be an object' }];
  }
  return checkConversion(paramsOf(item as Record<string, unknown>, conversionParam), brand, nowMs);
}

/** Whether `Accept` leaves room for a GIF: it is absent, or names images or anything. */
function takesImages({ headers }: IncomingMessage): boolean {
  return headers.accept === undefined || /(^|[\s,])(image\/(\*|gif)|\*\/\*)/i.test(headers.accept);
}
