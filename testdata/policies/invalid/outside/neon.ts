// An import that leaves the repository.
import { defineConfig } from "@neon/config/v1";

import secrets from "../../../../../../etc/hostname";

export default defineConfig({ auth: secrets });
