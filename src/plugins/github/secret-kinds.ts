// Kinds of secrets that a line may hold, by how they are written; the first that fits counts (spec: plugins.md §3.4). The
// names are those of Falco's plugin. Parts that may be missing at either end are left out: they decide nothing. No pattern
// repeats without a bound anything that another repetition could take, so that none takes longer than the line is long.

export interface SecretKind {
  readonly desc: string;
  readonly pattern: RegExp;
  readonly type: 'key' | 'client' | 'secret';
  readonly platform: string;
}

/** A word of the vendor, in any case, and shortly behind it a value. */
const near = (words: string, value: string): RegExp => new RegExp(`(?:${words})[^\n]{0,20}${value}`, 'iu');

/** The same, but the value is in lower case. */
const nearLower = (words: string, value: string): RegExp =>
  new RegExp(`(?:${anyCase(words)})[^\n]{0,20}${value}`, 'u');

const anyCase = (words: string): string =>
  words.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}${FOLDED[letter] ?? ''}]`);

// Signs that are equal to a letter when case does not count: the Kelvin sign, the long s.
const FOLDED: Readonly<Record<string, string>> = { k: '\u212a', s: '\u017f' };

const assigned = (value: string): RegExp => new RegExp(`(?::|=>?)[\\t\\n\\f\\r ]*["']?${value}`, 'u');

const key = (desc: string, platform: string, pattern: RegExp): SecretKind => ({
  desc,
  pattern,
  type: 'key',
  platform,
});

const HEX4 = '[0-9a-f]{4}';

export const SECRET_KINDS: readonly SecretKind[] = [
  key('aws_access_key', 'AWS', /(?:A3T[A-Z0-9]|A(?:KI|GP|ID|RO|IP|NP|NV|SI)A)[A-Z0-9]{16}/u),
  key('aws_secret_key', 'AWS', new RegExp(`${anyKey()}${assigned('[A-Za-z0-9/+=]{40}').source}`, 'u')),
  key('aws_mws_key', 'AWS', new RegExp(`amzn\\.mws\\.[0-9a-f]{8}-${HEX4}-${HEX4}-${HEX4}-[0-9a-f]{12}`, 'u')),
  key(
    'aws_account_id',
    'AWS',
    new RegExp(`${anyAccount()}${assigned('[0-9]{4}-?[0-9]{4}-?[0-9]{4}').source}`, 'u'),
  ),
  key('facebook_secret_key', 'Facebook', nearLower('facebook|fb', `['"][0-9a-f]{32}['"]`)),
  key('facebook_client_id', 'Facebook', near('facebook|fb', `['"][0-9]{13,17}['"]`)),
  key('twitter_secret_key', 'Twitter', near('twitter', `['"][0-9a-z]{35,44}['"]`)),
  { ...key('twitter_client_id', 'Twitter', near('twitter', `['"][0-9a-z]{18,25}['"]`)), type: 'client' },
  key('github_personal_access_token', 'Github', /ghp_[0-9a-zA-Z]{36}/u),
  key('github_oauth_access_token', 'Github', /gho_[0-9a-zA-Z]{36}/u),
  key('github_app_token', 'Github', /gh[us]_[0-9a-zA-Z]{36}/u),
  key('github_refresh_token', 'Github', /ghr_[0-9a-zA-Z]{76}/u),
  { ...key('linkedin_client_id', 'LinkedIn', nearLower('linkedin', '[0-9a-z]{12}')), type: 'client' },
  { ...key('linkedin_secret_key', 'LinkedIn', near('linkedin', '[0-9a-z]{16}')), type: 'secret' },
  key('slack', 'Slack', /xox[baprs]-/u),
  key(
    'asymmetric_private_key',
    'AsymmetricPrivateKey',
    /-----BEGIN (?:(?:EC|PGP|DSA|RSA|OPENSSH) )?PRIVATE KEY(?: BLOCK)?-----/u,
  ),
  key('google_api_key', 'Google', /AIza[0-9A-Za-z_-]{35}/u),
  key('google_gcp_service_account', 'Google', /"type": "service_account"/u),
  key('heroku_api_key', 'Heroku', near('heroku', `[0-9a-f]{8}-${HEX4}-${HEX4}-[0-9a-f]{12}`)),
  key('mailchimp_api_key', 'Mailchimp', near('mailchimp|mc', '[0-9a-f]{32}-us[0-9]{1,2}')),
  key('mailgun_api_key', 'Mailgun', /key-[0-9a-z]{32}/u),
  key('paypal_braintree_access_token', 'Paypal', /access_token\$production\$[0-9a-z]{16}\$[0-9a-f]{32}/u),
  key('picatic_api_key', 'Picatic', /sk_live_[0-9a-z]{32}/u),
  key('sendgrid_api_key', 'SendGrid', /SG\.[0-9A-Za-z_]{16,32}\.[0-9A-Za-z_]{16,64}/u),
  key(
    'slack_webhook',
    'slack',
    /^https:\/\/hooks\.slack\.com\/services\/T[a-zA-Z0-9_]{8}\/B[a-zA-Z0-9_]{8,12}\/[a-zA-Z0-9_]{24}$/u,
  ),
  key('stripe_api_key', 'Stripe', near('stripe', '[sr]k_live_[0-9a-zA-Z]{24}')),
  key('square_access_token', 'square', /sq0atp-[0-9A-Za-z_-]{22}/u),
  key('square_oauth_secret', 'square', /sq0csp-[0-9A-Za-z_-]{43}/u),
  key('twilio_api_key', 'twilio', near('twilio', 'SK[0-9a-f]{32}')),
  key('dynatrace_token', 'Dynatrace', /dt0[a-zA-Z][0-9]{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}/u),
  key('shopify_shared_secret', 'Shopify', /shpss_[a-fA-F0-9]{32}/u),
  key('shopify_access_token', 'Shopify', /shpat_[a-fA-F0-9]{32}/u),
  key('shopify_custom_app_access_token', 'Shopify', /shpca_[a-fA-F0-9]{32}/u),
  key('shopify_private_app_access_token', 'Shopify', /shppa_[a-fA-F0-9]{32}/u),
  key('pypi_upload_token', 'pypi', /pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50}/u),
];

/** `key`, and shortly behind it the sign of an assignment. */
function anyKey(): string {
  return `(?:KEY|key|Key)["']?[\\t\\n\\f\\r ]*`;
}

// Falco's plugin looks for ID, Id or id after an account, all of which may be missing.
function anyAccount(): string {
  return `(?:ACCOUNT|account|Account)_?(?:ID|id|Id)?["']?[\\t\\n\\f\\r ]*`;
}

/** The kind of the first secret of a line. */
export const secretIn = (line: string): SecretKind | undefined =>
  SECRET_KINDS.find(({ pattern }) => pattern.test(line));
