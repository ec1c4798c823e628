import { clickIdsOf, type ClickIds } from './click-ids.js';
import type { ReadRow } from './read-row.js';
import { trafficOfEvent, trafficOfSession, type TrafficSource } from './traffic-source.js';
import { paramsOfUrl } from './url-params.js';

/** What a row says of how its visitor came: looked up once, where it is asked for. */
export class Visit {
  private ids: ClickIds | undefined;
  private own: TrafficSource | undefined | null = null;
  private ofSession: TrafficSource | undefined | null = null;

  constructor(readonly read: ReadRow) {}

  get clickIds(): ClickIds {
    return (this.ids ??= clickIdsOf(this.read, this.page, paramsOfUrl(this.read.paramText('page_referrer'))));
  }

  /** What the event itself tells. */
  get traffic(): TrafficSource | undefined {
    if (this.own === null) this.own = trafficOfEvent(this.read, this.clickIds, this.page);
    return this.own;
  }

  /** What GA4 tells of the whole session. */
  get session(): TrafficSource | undefined {
    if (this.ofSession === null) this.ofSession = trafficOfSession(this.read);
    return this.ofSession;
  }

  private pageRead: ReturnType<typeof paramsOfUrl> | undefined;
  private get page(): ReturnType<typeof paramsOfUrl> {
    return (this.pageRead ??= paramsOfUrl(this.read.paramText('page_location')));
  }
}
