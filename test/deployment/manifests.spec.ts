import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';

type Json = Record<string, unknown>;
interface Container {
  image: string;
  command: string[];
  ports?: { name: string; containerPort: number }[];
  env?: { name: string }[];
  resources?: { requests: Json; limits: Json };
  volumeMounts?: { name: string; mountPath: string }[];
  [probe: `${string}Probe`]: { httpGet: { path: string; port: string } };
}
interface Manifest {
  kind: string;
  metadata: { name: string };
  spec: {
    selector?: Json & { matchLabels?: Json };
    template?: {
      metadata: { labels: Json };
      spec: { containers: Container[]; volumes?: { name: string }[] };
    };
    scaleTargetRef?: { name: string };
    ports?: { targetPort: string }[];
  };
  data?: Record<string, string>;
}

const FILES = readdirSync('k8s').filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
const KUSTOMIZATION = parse(readFileSync('k8s/kustomization.yaml', 'utf8')) as {
  resources: string[];
  patches: { path: string }[];
};
const EVERY = manifestsOf('every-deployment.yaml')[0]!;
const MANIFESTS = KUSTOMIZATION.resources.flatMap(manifestsOf);
const DEPLOYMENTS = MANIFESTS.filter(({ kind }) => kind === 'Deployment');
const COMPOSE = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
  services: Record<
    string,
    { image: string; command?: string[]; environment?: Json; volumes?: string[]; env_file?: unknown }
  >;
};
/** Apps that run on their own; the command line and all in one do not. */
const APPS = readdirSync('apps').filter(
  (name) => !['cli', 'standalone'].includes(name) && existsSync(`apps/${name}/src/main.ts`),
);
const SETTINGS = new Set(
  [...readFileSync('.env.example', 'utf8').matchAll(/^#([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name!),
);

function manifestsOf(file: string): Manifest[] {
  return parseAllDocuments(readFileSync(`k8s/${file}`, 'utf8')).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Manifest;
  });
}

function containerOf(manifest: Manifest): Container {
  return manifest.spec.template!.spec.containers[0]!;
}

/** Whether the sources have what the command runs once they are built. */
function isBuiltFrom(command: readonly string[]): boolean {
  const path = command[1]!.replace(/^dist\/(.*)\.js$/, '$1.ts');
  return command[0] === 'node' && existsSync(path);
}

describe('the manifests of Kubernetes', () => {
  it('are all named by the kustomization', () => {
    const named = [...KUSTOMIZATION.resources, ...KUSTOMIZATION.patches.map(({ path }) => path)];
    expect(named.sort()).toEqual(FILES.sort());
  });

  it('deploy every app once', () => {
    expect(DEPLOYMENTS.map(({ metadata }) => metadata.name).sort()).toEqual(APPS.sort());
  });

  it.each(DEPLOYMENTS.map((d) => [d.metadata.name, d] as const))(
    'run %s, and what they name is there',
    (name, d) => {
      const app = containerOf(d);
      expect(app).toMatchObject({
        name: 'app',
        image: 'tributary',
        command: ['node', `dist/apps/${name}/src/main.js`],
      });
      expect(isBuiltFrom(app.command)).toBe(true);
      expect(d.spec.selector!.matchLabels).toEqual(d.spec.template!.metadata.labels);
      expect(app.resources).toMatchObject({
        requests: { cpu: expect.any(String) as string, memory: expect.any(String) as string },
        limits: { memory: expect.any(String) as string },
      });
      const volumes = d.spec.template!.spec.volumes?.map((v) => v.name) ?? [];
      expect(app.volumeMounts?.map((m) => m.name) ?? []).toEqual(volumes);
      expect(app.env?.map((e) => e.name).filter((setting) => !SETTINGS.has(setting)) ?? []).toEqual([]);
    },
  );

  it('reach ports, pods and deployments that are there', () => {
    for (const { kind, metadata, spec } of MANIFESTS) {
      if (!['Service', 'PodDisruptionBudget', 'HorizontalPodAutoscaler'].includes(kind)) continue;
      const deployment = DEPLOYMENTS.find((d) => d.metadata.name === metadata.name)!;
      const { labels } = deployment.spec.template!.metadata;
      if (kind === 'Service') expect(spec.selector).toEqual(labels);
      if (kind === 'PodDisruptionBudget') expect(spec.selector!.matchLabels).toEqual(labels);
      if (kind === 'HorizontalPodAutoscaler') expect(spec.scaleTargetRef!.name).toBe(metadata.name);
      const ports = containerOf(deployment).ports?.map((port) => port.name) ?? [];
      expect(ports).toEqual(expect.arrayContaining(spec.ports?.map((port) => port.targetPort) ?? []));
    }
  });

  it('probe what every app answers', () => {
    const app = containerOf(EVERY);
    const admin = app.ports!.find(({ name }) => name === 'admin');
    expect(admin!.containerPort).toBe(9090);
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'] as const) {
      expect(app[probe]!.httpGet).toEqual({
        path: probe === 'readinessProbe' ? '/readyz' : '/livez',
        port: 'admin',
      });
    }
  });

  it('set only what is a setting', () => {
    const names = MANIFESTS.flatMap(({ kind, data }) => (kind === 'ConfigMap' ? Object.keys(data!) : []));
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !SETTINGS.has(name))).toEqual([]);
  });

  it('migrate by the command line', () => {
    const job = MANIFESTS.find(({ kind }) => kind === 'Job')!;
    expect(containerOf(job).command).toEqual(['node', 'bin/tributary.js', 'migrate']);
    expect(existsSync('bin/tributary.js')).toBe(true);
  });
});

describe('docker-compose.yml', () => {
  const ours = Object.entries(COMPOSE.services).filter(([, { image }]) => image === 'tributary');

  it('runs every app once', () => {
    expect(
      ours
        .map(([name]) => name)
        .filter((name) => name !== 'migrate')
        .sort(),
    ).toEqual(APPS.sort());
  });

  it.each(ours)('runs %s with settings that are there', (name, { command, environment }) => {
    expect(command).toEqual(
      name === 'migrate'
        ? ['node', 'bin/tributary.js', 'migrate']
        : ['node', `dist/apps/${name}/src/main.js`],
    );
    expect(Object.keys(environment!).filter((setting) => !SETTINGS.has(setting))).toEqual([]);
  });
});

it('docker-compose.yml gives those who read sources their secrets, and nobody else', () => {
  for (const [name, { environment, env_file }] of Object.entries(COMPOSE.services)) {
    const reads = environment !== undefined && 'SOURCES_DIR' in environment;
    expect([name, env_file !== undefined]).toEqual([name, reads]);
  }
});

it('.env.example has each setting once', () => {
  const names = [...readFileSync('.env.example', 'utf8').matchAll(/^#([A-Z][A-Z0-9_]*)=/gm)].map((m) => m[1]);
  expect(names).toEqual([...new Set(names)]);
});
