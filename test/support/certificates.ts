/** Certificates for tests alone, for `127.0.0.1` and `localhost`, good until 2120, where not told otherwise. */

/** A key with its certificate, as PEM. */
export interface TestCertificate {
  key: string;
  cert: string;
}

function toPem(kind: string, base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${kind}-----`, ...lines, `-----END ${kind}-----`, ''].join('\n');
}

function toCertificate(key: string, cert: string): TestCertificate {
  return { key: toPem('PRIVATE KEY', key), cert: toPem('CERTIFICATE', cert) };
}

/** Vouched for by itself. */
export const SELF_SIGNED = toCertificate(
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgXAiIINPd2N4WncA1aI6BCSGe5BzdyALur02CImkzHkihRANCAARz' +
    'L8rDVH+Tjf8qJEoJ4I2twaS2ViEFNgWBfF+a0VXM/pW9pACZdJqCW7JToQBkmTshMsNQ9WP4OKocLlOmATPD',
  'MIIBazCCARGgAwIBAgIUK4791waHYw06+xh05nrFiAcCmrowCgYIKoZIzj0EAwIwFTETMBEGA1UEAwwKc2VsZnNpZ25lZDAgFw0y' +
    'MDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowFTETMBEGA1UEAwwKc2VsZnNpZ25lZDBZMBMGByqGSM49AgEGCCqGSM49AwEH' +
    'A0IABHMvysNUf5ON/yokSgngja3BpLZWIQU2BYF8X5rRVcz+lb2kAJl0moJbslOhAGSZOyEyw1D1Y/g4qhwuU6YBM8OjPTA7MBoG' +
    'A1UdEQQTMBGHBH8AAAGCCWxvY2FsaG9zdDAdBgNVHQ4EFgQUUnC+5GGHTzEIZ5gi6PtgUUlSztQwCgYIKoZIzj0EAwIDSAAwRQIg' +
    'QabA27M6Afixw9Ledz5+4M0NfDvClZluX8GofcSaMegCIQDZ+/VkKd3qTNbbWysdfw6/NJkYl18YYLxoovmCj+BmYA==',
);

/** Self-signed, and of another host. */
export const WRONG_HOST = toCertificate(
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgszrpoXToufOriSOPdqnPfIqCM62eqhoxtb/mE/64Mw2hRANCAASQ' +
    'yXpaxn1dlU1PWa/qmkcsmIL/JqhywRG19a9SbbE4HAil55w5Zmq3js8ViB0paw4fD83shqc1LZp7w8D70lms',
  'MIIBbDCCARGgAwIBAgIUUX3Fra+0ZSeApRWnb9C7oe/X6jIwCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJZWxzZXdoZXJlMCAXDTIw' +
    'MDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAUMRIwEAYDVQQDDAllbHNld2hlcmUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC' +
    'AASQyXpaxn1dlU1PWa/qmkcsmIL/JqhywRG19a9SbbE4HAil55w5Zmq3js8ViB0paw4fD83shqc1LZp7w8D70lmsoz8wPTAcBgNV' +
    'HREEFTATghFlbHNld2hlcmUuZXhhbXBsZTAdBgNVHQ4EFgQUbx4NYC5stmj7/DTCbFlzV/076PQwCgYIKoZIzj0EAwIDSQAwRgIh' +
    'AJdbrUNsNIbEax5fFIXkRfBqEL4jDsmBhr5/zSuvmaknAiEA3dU42r+V9Rf7Z0fzA7iHdeJolHDZLED3XvynJA+Ugy8=',
);

/** Self-signed; it ended in 2020. */
export const EXPIRED = toCertificate(
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgQBGFMVekb1WwsGkRMlQIjFKJYIPr0Fq4cTQ14GnEKxWhRANCAASF' +
    '1ItSkF268ViJzrMPPXfmVbbrwkL0BqPRhsEGvH2Kf6l/95UmtGM1UoJdlzxeErA5Ce5tvX5wfSLoJJQQEsCX',
  'MIIBVzCB/qADAgECAhR6bbKBeVFT+iwTzEIHQ0UWqAdrfzAKBggqhkjOPQQDAjASMRAwDgYDVQQDDAdleHBpcmVkMB4XDTIwMDEw' +
    'MTAwMDAwMFoXDTIwMDEwMjAwMDAwMFowEjEQMA4GA1UEAwwHZXhwaXJlZDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIXUi1KQ' +
    'XbrxWInOsw89d+ZVtuvCQvQGo9GGwQa8fYp/qX/3lSa0YzVSgl2XPF4SsDkJ7m29fnB9IugklBASwJejMjAwMA8GA1UdEQQIMAaH' +
    'BH8AAAEwHQYDVR0OBBYEFMkl0ZWMAXtgENTd8Iicw0SG8o0cMAoGCCqGSM49BAMCA0gAMEUCIH5gk9wWYByYttObQ1WWIpEWfh+3' +
    '3ndGPoW3euGF1aocAiEAvwXt3NxOcjcK5q0jTWGCJoIhOnTzag7OrfilEYBOApU=',
);

/** Vouched for by OWN_CA. */
export const OF_OWN_CA = toCertificate(
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQggddgKhlGJBZqxT6Jb39VQptsNknCrwrvh6btuMJYnoChRANCAASx' +
    'c3HkwbkwoNIxw6GkWKMQbxoqo7u4YGduTKOEZNqUOggFw9J86jzuFd6ZQubBk+vLdoAceRa5+7Bwo17lGdyC',
  'MIIBgzCCASigAwIBAgIUDPMSO7S0of5vpNPMcv4NPn2VYJYwCgYIKoZIzj0EAwIwETEPMA0GA1UEAwwGdGVzdGNhMCAXDTIwMDEw' +
    'MTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAPMQ0wCwYDVQQDDARsZWFmMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsXNx5MG5' +
    'MKDSMcOhpFijEG8aKqO7uGBnbkyjhGTalDoIBcPSfOo87hXemULmwZPry3aAHHkWufuwcKNe5RncgqNeMFwwGgYDVR0RBBMwEYcE' +
    'fwAAAYIJbG9jYWxob3N0MB0GA1UdDgQWBBR5tViUSfbxawZDun6nprhHaprN8zAfBgNVHSMEGDAWgBSdpFg3oUuz5SmTkCsAkHSo' +
    'KQnoMDAKBggqhkjOPQQDAgNJADBGAiEAtbx7DTk/DCMdkvD1Hbq3l5oq+p5rPooyFDWUzg4vi74CIQCwTwT65w3S7Ja3Pxsvjdup' +
    'cNIQ7l5T1QrtFXCxR4exLA==',
);

/** The authority. */
export const OWN_CA = toPem(
  'CERTIFICATE',
  'MIIBZTCCAQugAwIBAgIUOCzBIivBT7+sZZr24cB76kGg4rIwCgYIKoZIzj0EAwIwETEPMA0GA1UEAwwGdGVzdGNhMCAXDTIwMDEw' +
    'MTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjARMQ8wDQYDVQQDDAZ0ZXN0Y2EwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARwTk7A' +
    'wICH5I49LDAW5bzm0/GB2EJj1eTLc4ze5rZRqQg6K6DZQkRZ0DseZG7q5nxTIxG6eVEG1JpcI8A6nY2loz8wPTAPBgNVHRMBAf8E' +
    'BTADAQH/MAsGA1UdDwQEAwICBDAdBgNVHQ4EFgQUnaRYN6FLs+Upk5ArAJB0qCkJ6DAwCgYIKoZIzj0EAwIDSAAwRQIgEW5VXhe7' +
    '1qtYjRJJbADAGtsrr2e2T4VKTPe0iThEU20CIQCd0239UAVizyPlq6VVfiZt75dEaq+sVqEgs8Le/yAqhA==',
);
