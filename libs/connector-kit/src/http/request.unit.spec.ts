import { describe, expect, it } from 'vitest';
import { HttpRequestError, headersOf, parseBaseUrl, targetOf } from './request.js';

const base = new URL('https://erp.example/k3cloud/');

describe('targetOf', () => {
  it('puts path and encoded query below the base path', () => {
    expect(targetOf(base, { path: '/save' })).toBe('/k3cloud/save');
    expect(targetOf(new URL('https://erp.example'), { path: '/save' })).toBe('/save');
    const query = { q: "a b&c='d'/中", page: 2, all: true, none: undefined };
    expect(targetOf(base, { path: '/save', query })).toBe(
      "/k3cloud/save?q=a%20b%26c%3D'd'%2F%E4%B8%AD&page=2&all=true",
    );
  });

  it.each([
    'http://evil.example/x',
    '//evil.example/x',
    '/\\evil.example',
    'save',
    '',
    '/a?token=canary',
    '/a#canary',
    '/a b',
    '/a\r\nx: y',
    '/a/../admin',
    '/a/%2E%2e/admin',
    '/./a',
    '/中',
  ])('refuses the path %j', (path) => {
    expect(() => targetOf(base, { path })).toThrow(HttpRequestError);
    expect(() => targetOf(base, { path })).not.toThrow(/canary/);
  });
});

describe('headersOf', () => {
  it('asks for no encoding, which nobody here would undo', () => {
    expect(headersOf({ headers: { 'X-Token': 'abc' } })).toEqual({
      'user-agent': 'voucherline',
      'accept-encoding': 'identity',
      'x-token': 'abc',
    });
  });

  it.each(['canary\r\nx-admin: 1', 'canary\n', 'canary\0', '金蝶canary'])(
    'refuses the value %j and does not show it',
    (value) => {
      expect(() => headersOf({ headers: { 'X-Token': value } })).toThrow(/header x-token/);
      expect(() => headersOf({ headers: { 'X-Token': value } })).not.toThrow(/canary/);
    },
  );

  it.each(['Host', 'Content-Length', 'transfer-encoding', 'Connection', 'Expect'])('leaves %s to HTTP', (name) => {
    expect(() => headersOf({ headers: { [name]: '1' } })).toThrow(/not for connectors/);
  });

  it('refuses a name that would start another line', () => {
    expect(() => headersOf({ headers: { 'a: b\r\nc': '1' } })).toThrow(/not a token/);
  });
});

describe('parseBaseUrl', () => {
  it.each([
    'erp.example',
    'file:///etc/passwd',
    'gopher://erp.example',
    'https://user:canary@erp.example',
    'https://erp.example/?token=canary',
    'https://erp.example/#canary',
  ])('refuses %s', (url) => {
    expect(() => parseBaseUrl(url)).toThrow(HttpRequestError);
    expect(() => parseBaseUrl(url)).not.toThrow(/canary/);
  });
});
