import { Controller, Get, HttpStatus, Inject, Param, UsePipes, ValidationPipe } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { isReceiptId } from '#libs/events';
import { PLATFORM } from '#libs/nest';
import { databaseOf, type Platform } from '#libs/runtime';
import { readReceipt } from './read-receipt.js';
import type { ReceiptAnswer } from './receipt-state.js';

/** The path of a request for a receipt. */
class ReceiptPath {
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @ValidateBy({
    name: 'isReceiptId',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && isReceiptId(value),
      defaultMessage: () => 'no call was ever given this receipt id',
    },
  })
  id!: string;
}

/** What became of accepted calls. */
@Controller('receipts')
export class ReceiptsController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  /** An id that was never given is no wrong request but a receipt that does not exist. */
  @Get(':id')
  @UsePipes(new ValidationPipe({ transform: true, errorHttpStatusCode: HttpStatus.NOT_FOUND }))
  receipt(@Param() path: ReceiptPath): Promise<ReceiptAnswer> {
    return readReceipt(databaseOf(this.platform), path.id);
  }
}
