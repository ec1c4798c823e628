export { Brands, DEFAULT_BRAND, type Brand, type BrandRules, type Link } from './brands.js';
export { readBrandsFile, type ReadBrands } from './brands-file.js';
export { SUB_IDS, TrackingLink, UTM_PARAMS, type Filling } from './tracking-link.js';
