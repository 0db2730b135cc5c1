// A real OpenID provider with the device flow (RFC 8628) over TLS, for tests. Arguments: PORT CERTIFICATE.
// It listens below /consumers/v2.0, where msal looks for the description of an authority.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import Provider from 'oidc-provider'

const [port, certificate] = process.argv.slice(2)
const mount = '/consumers/v2.0'
const provider = new Provider(`https://localhost:${port}${mount}`, {
  clients: [{
    client_id: '11111111-2222-3333-4444-555555555555',
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
    redirect_uris: [],
    response_types: [],
  }],
  scopes: ['openid', 'offline_access', 'profile', 'User.Read', 'Mail.ReadWrite'],
  features: { deviceFlow: { enabled: true }, devInteractions: { enabled: true } },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, preferred_username: id }) }),
  issueRefreshToken: () => true,
  cookies: { keys: ['only for tests'] },
})
const answer = provider.callback()
const pem = readFileSync(certificate)
const server = createServer({ cert: pem, key: pem }, (request, response) => {
  request.originalUrl = request.url
  request.url = request.url.replace(mount, '')
  answer(request, response)
})
server.listen(Number(port), '127.0.0.1', () => console.log('listening'))
