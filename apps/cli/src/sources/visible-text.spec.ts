import { visible } from './visible-text.js';

it('shows what cannot be seen', () => {
  expect(visible('a b\nc\td\r\u00a0e\u200b')).toBe('a·b⏎\nc⇥d␍\\u{a0}e\\u{200b}');
});
