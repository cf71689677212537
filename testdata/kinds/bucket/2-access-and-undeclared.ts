// Access cannot be changed by a call, so it is shown; what is no longer declared stays.
// flags: --show-unmanaged
export default { buckets: { uploads: { access: "public_read" } } };
