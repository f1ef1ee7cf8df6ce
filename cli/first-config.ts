/** What `tenure init` writes: valid as it stands, and harmless. */
export const firstConfig = `# Tenure's configuration. Every secret is a reference: \${env:NAME} or \${file:path}.
# docs/reference/configuration.md lists everything that can be said here.

# observe looks and plans, contain takes access away, full may also delete (with approval).
mode: observe
defaultTimeZone: UTC

store: { url: 'sqlite:.tenure/tenure.db' } # or postgres://…
gateway: { host: 127.0.0.1, port: 8080, hrWebhookSecrets: ['\${env:HR_WEBHOOK_SECRET}'] }

targets:
  - id: vault-eu
    type: cyberark-privilege-cloud
    baseUrl: https://acme.privilegecloud.cyberark.cloud/PasswordVault/API
    auth:
      tokenUrl: https://acme.id.cyberark.cloud/oauth2/platformtoken
      clientId: svc-tenure
      clientSecret: \${env:VAULT_EU_SECRET}
    correlation: { by: [externalId, username, email], extraUsernames: ['{username}-adm'] }
  # Further types: beyondtrust-rest, beyondtrust-scim, beyond-identity, cyberark-pam-self-hosted,
  # cyberark-identity-scim, delinea-rest, delinea-scim. Each accepts options for the dialect of your version.

policy:
  leaver:
    retention: P30D
    # Accounts are kept disabled. To delete after approval: { mode: approval, targets: [vault-eu], approvers: { count: 2 } }
    deletion: { mode: never }
    sessions: { poll: PT10S, deadline: PT4H }

safety:
  budget: { perHour: 20, perDay: 50, percentPerDay: 5, minPeople: 50, urgentPerHour: 5 }
  protected: { people: [], accounts: [] }
`;
