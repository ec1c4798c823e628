import { Health } from './health.js';

describe('Health', () => {
  it('is ready where every check is, and names those that are not with their reasons', async () => {
    const health = new Health();
    expect(await health.readiness()).toEqual({ ready: true, checks: {} });
    health.addCheck('log', async () => {});
    expect(await health.readiness()).toEqual({ ready: true, checks: { log: 'ok' } });
    health.addCheck('database', () => Promise.reject(new Error('connection refused')));
    expect(await health.readiness()).toEqual({
      ready: false,
      checks: { log: 'ok', database: 'connection refused' },
    });
  });

  it('waits for a check no longer than it was told to', async () => {
    const health = new Health();
    health.addCheck('log', () => new Promise(() => {}));
    expect(await health.readiness(5)).toEqual({ ready: false, checks: { log: 'no answer within 5 ms' } });
  });

  it('is not ready before every app has started', async () => {
    const health = new Health();
    health.startStarting();
    expect(await health.readiness()).toEqual({ ready: false, checks: { process: 'starting' } });
    health.endStarting();
    expect(await health.readiness()).toEqual({ ready: true, checks: {} });
  });

  it('is not ready while it drains, and alive', async () => {
    const health = new Health();
    health.addCheck('log', async () => {});
    health.startDraining();
    expect(await health.readiness()).toEqual({ ready: false, checks: { log: 'ok', process: 'draining' } });
    expect(health.deadBecause).toBeUndefined();
  });

  it('tells the first reason of its death, and keeps to it', () => {
    const health = new Health();
    const told: string[] = [];
    health.onFailure((reason) => told.push(reason));
    health.fail('the consumer has ended');
    health.fail('something else');
    expect([health.deadBecause, told]).toEqual(['the consumer has ended', ['the consumer has ended']]);
  });

  it('tells who asks late, as while other apps still start, of a death that was before', () => {
    const health = new Health();
    const told: string[] = [];
    health.fail('the consumer has ended');
    health.onFailure((reason) => told.push(reason));
    health.fail('the other consumer has ended');
    expect(told).toEqual(['the consumer has ended']);
  });
});
