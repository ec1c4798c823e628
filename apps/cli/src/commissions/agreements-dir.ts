import { checkAgreementsDir, readEnvironment } from '#libs/runtime';

/** Where agreements are: AGREEMENTS_DIR, else `agreements`. @throws SettingsError where it is named and not there */
export function agreementsDir(): string {
  const environment = readEnvironment();
  checkAgreementsDir(environment);
  return environment['AGREEMENTS_DIR'] || 'agreements';
}
