// Stands for `@modelcontextprotocol/server/_shims` in the bundles: the SDK's own brings ajv (215 KB), which every start would
// read to check what people fill into forms with fields. Our forms have none, and operations check their inputs themselves.
export { default as process } from 'node:process';

export class DefaultJsonSchemaValidator {
  getValidator() {
    throw new Error('This build has no JSON Schema validator: give McpServer one (jsonSchemaValidator).');
  }
}
