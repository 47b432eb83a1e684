/**
 * Finds variables that look like secrets in plain text, and advises what to do. They are not deployed, because many people can read the
 * settings and the code of a function.
 */
import { REFERENCE } from "../../functions/aws/env.ts";

/** Judged by its name, unless the value is a number or a boolean, or by a value in the form of a key. */
export function looksSecret(name: string, value: string): boolean {
  if (isReference(value) || /^(?:[\d.,_ -]*|true|false|on|off|yes|no)$/i.test(value)) return false;
  const named = /(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PWD|PASSPHRASE|CREDENTIALS?|AUTH|DSN)$/i.test(name);
  const formed = /^(?:sk-|pk-|rk_|gh[a-z]_|github_pat_|xox[a-z]-|AKIA|AIza|eyJ|lsv2_|hf_|-----BEGIN)/.test(value);
  return named || formed || /:\/\/[^/@\s]*:[^/@\s]+@/.test(value);
}

/** `ssm:…` or `secretsmanager:…`: where the value is, instead of the value. */
export const isReference = (value: string): boolean => REFERENCE.test(value);

export const adviceFor = (name: string): string =>
  `${name} looks like a secret, and the values of settings can be read by many. Store it, for example with ` +
  `\`aws ssm put-parameter --type SecureString --name /threadline/${name} --value …\`, and give ${name}=ssm:/threadline/${name} instead.`;
