import { readFileSync, readdirSync } from 'node:fs';
import { problemText } from '#libs/yaml-file';
import { parseDealFile } from './parse-deal-file.js';

const FOLDER = 'example-agreements';

it.each(readdirSync(FOLDER).filter((file) => file.endsWith('.yaml')))('%s can be copied', (file) => {
  const text = readFileSync(`${FOLDER}/${file}`, 'utf8');
  expect(text).toContain('# yaml-language-server: $schema=../libs/commissions/deal-file.schema.json\n');
  const parsed = parseDealFile(text, file);
  expect('problems' in parsed ? parsed.problems.map(problemText) : []).toEqual([]);
});
