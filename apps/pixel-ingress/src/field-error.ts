/** What can be wrong with a field of a call. Closed and public: callers' programs rely on it. */
export type FieldErrorCode =
  | 'missing'
  | 'invalid_type'
  | 'invalid_uuid'
  | 'invalid_amount'
  | 'invalid_currency'
  | 'invalid_time'
  | 'in_future'
  | 'too_old'
  | 'too_long'
  | 'invalid_characters'
  | 'repeated'
  | 'not_allowed';

/** One field that breaks its rule, as a 422 tells it. The message never repeats the value. */
export interface FieldError {
  /** Place in the array that was sent, where one was. */
  index?: number;
  field: string;
  code: FieldErrorCode;
  message: string;
}
