import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secretsOf } from './secrets.js';

describe('secrets', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'secrets-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('stand in the environment, else in files, whose last line break is no part of them', () => {
    writeFileSync(join(folder, 'BOTH'), 'file');
    writeFileSync(join(folder, 'FILE'), 'of the file \n');
    const secrets = secretsOf({
      SECRET_BOTH: 'environment',
      SECRET_LOWER: 'x',
      SECRET_FILE: '',
      SECRET_NONE: '',
      SECRETS_DIR: folder,
    });
    expect(['BOTH', 'FILE', 'lower', 'NONE'].map(secrets)).toEqual([
      'environment',
      'of the file ',
      'x',
      undefined,
    ]);
  });

  it('may change while the process runs', () => {
    const secrets = secretsOf({ SECRETS_DIR: folder });
    expect(secrets('LATER')).toBeUndefined();
    writeFileSync(join(folder, 'LATER'), 'one');
    expect(secrets('LATER')).toBe('one');
    writeFileSync(join(folder, 'LATER'), 'two\r\n');
    expect(secrets('LATER')).toBe('two');
  });

  it('never come from outside the folder', () => {
    writeFileSync(join(folder, 'PLAIN'), 'x');
    const secrets = secretsOf({ SECRETS_DIR: join(folder, 'deeper') });
    expect(['../PLAIN', '..', '.', '', 'a/b'].map(secrets)).toEqual(Array(5).fill(undefined));
  });
});
