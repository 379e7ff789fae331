/** Where Google's OAuth 2.0 is. */
export interface OAuthEndpoints {
  /** The page on which a person consents. */
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  readonly revokeUrl: string;
}

/** Google's own, of which the page is on another host than the rest (developers.google.com/identity/protocols/oauth2/native-app). */
const google: OAuthEndpoints = {
  authorizationUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
  tokenUrl: 'https://oauth2.googleapis.com/token',
  revokeUrl: 'https://oauth2.googleapis.com/revoke',
};

/** The endpoints below `GMAIL_OAUTH_ROOT_URL`; Google's own where that names either of its hosts. */
export function oauthEndpoints(oauthRootUrl: string): OAuthEndpoints {
  const { hostname } = new URL(oauthRootUrl);
  if (hostname.endsWith('.google.com') || hostname.endsWith('.googleapis.com')) return google;
  const root = oauthRootUrl.replace(/\/+$/, '');
  return {
    authorizationUrl: `${root}/o/oauth2/v2/auth`,
    tokenUrl: `${root}/token`,
    revokeUrl: `${root}/revoke`,
  };
}
