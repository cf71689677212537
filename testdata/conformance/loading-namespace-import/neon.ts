import * as neon from '@neondatabase/config';
export default neon.defineConfig({ auth: true });
