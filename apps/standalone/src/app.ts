export {
  serveLoopback,
  wholeNumber,
  type LoopbackPartner,
  type PartnerAnswer,
  type PartnerCall,
} from './demo/partners/loopback-partner.js';
export { playBesitos, type BesitosRow } from './demo/partners/besitos-partner.js';
export {
  INTARGET_ENTITIES,
  playIntarget,
  type IntargetEntity,
  type IntargetProduct,
  type IntargetRow,
} from './demo/partners/intarget-partner.js';
export { hurry } from './demo/partners/partner-world.js';
