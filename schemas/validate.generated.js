/* Generated from schemas/*.schema.json by `npm run generate`. Do not edit. */
var __getOwnPropNames = Object.getOwnPropertyNames;
var __commonJS = (cb, mod) => function __require() {
  try {
    return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
  } catch (e) {
    throw mod = 0, e;
  }
};

// node_modules/ajv/dist/runtime/ucs2length.js
var require_ucs2length = __commonJS({
  "node_modules/ajv/dist/runtime/ucs2length.js"(exports) {
    "use strict";
    Object.defineProperty(exports, "__esModule", { value: true });
    function ucs2length(str) {
      const len = str.length;
      let length = 0;
      let pos = 0;
      let value;
      while (pos < len) {
        length++;
        value = str.charCodeAt(pos++);
        if (value >= 55296 && value <= 56319 && pos < len) {
          value = str.charCodeAt(pos);
          if ((value & 64512) === 56320)
            pos++;
        }
      }
      return length;
    }
    exports.default = ucs2length;
    ucs2length.code = 'require("ajv/dist/runtime/ucs2length").default';
  }
});

// node_modules/fast-deep-equal/index.js
var require_fast_deep_equal = __commonJS({
  "node_modules/fast-deep-equal/index.js"(exports, module) {
    "use strict";
    module.exports = function equal(a, b) {
      if (a === b) return true;
      if (a && b && typeof a == "object" && typeof b == "object") {
        if (a.constructor !== b.constructor) return false;
        var length, i, keys;
        if (Array.isArray(a)) {
          length = a.length;
          if (length != b.length) return false;
          for (i = length; i-- !== 0; )
            if (!equal(a[i], b[i])) return false;
          return true;
        }
        if (a.constructor === RegExp) return a.source === b.source && a.flags === b.flags;
        if (a.valueOf !== Object.prototype.valueOf) return a.valueOf() === b.valueOf();
        if (a.toString !== Object.prototype.toString) return a.toString() === b.toString();
        keys = Object.keys(a);
        length = keys.length;
        if (length !== Object.keys(b).length) return false;
        for (i = length; i-- !== 0; )
          if (!Object.prototype.hasOwnProperty.call(b, keys[i])) return false;
        for (i = length; i-- !== 0; ) {
          var key = keys[i];
          if (!equal(a[key], b[key])) return false;
        }
        return true;
      }
      return a !== a && b !== b;
    };
  }
});

// node_modules/ajv/dist/runtime/equal.js
var require_equal = __commonJS({
  "node_modules/ajv/dist/runtime/equal.js"(exports) {
    "use strict";
    Object.defineProperty(exports, "__esModule", { value: true });
    var equal = require_fast_deep_equal();
    equal.code = 'require("ajv/dist/runtime/equal").default';
    exports.default = equal;
  }
});

// <stdin>
var agent = validate21;
var schema6 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://towline.dev/schemas/v1/agent.schema.json", "title": "Agent configuration", "description": "agent.yaml on the device, by default /etc/towline/agent.yaml. Enrolment writes it.", "type": "object", "additionalProperties": false, "required": ["apiVersion", "fleet", "device", "gateways", "anchor"], "properties": { "apiVersion": { "$ref": "https://towline.dev/schemas/v1/common.apiVersion.schema.json" }, "fleet": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json", "description": "The fleet whose commits are obeyed: `name` in its fleet.yaml." }, "device": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json", "description": "Id of this device: the name of its file below devices/." }, "gateways": { "description": "Where to dial first; once a commit is trusted, fleet.yaml's list is tried too.", "type": "array", "minItems": 1, "maxItems": 16, "items": { "$ref": "https://towline.dev/schemas/v1/common.gateway.schema.json" } }, "anchor": { "$ref": "https://towline.dev/schemas/v1/common.commit.schema.json", "description": "First trusted commit." }, "stateDirectory": { "description": "Keys, git store, trusted commit, telemetry that waits.", "type": "string", "default": "/var/lib/towline" }, "runtimeDirectory": { "description": "A folder in memory (tmpfs) for opened secrets; the engine must see it under the same path.", "type": "string", "pattern": "^/", "default": "/run/towline" }, "engineSocket": { "description": "Socket of the Docker Engine.", "type": "string", "default": "/var/run/docker.sock" }, "projectPrefix": { "description": "Put before project names, so that two agents can share an engine.", "type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,31}$" }, "proxy": { "description": "HTTP proxy for all that goes out, http://[user:password@]host:port.", "type": "string", "pattern": "^http://" }, "logLevel": { "type": "string", "description": "Lines below this are not written.", "enum": ["fatal", "error", "warn", "info", "debug", "trace"], "default": "info" }, "parallelPulls": { "description": "Images pulled at once.", "type": "integer", "minimum": 1, "maximum": 16, "default": 3 }, "textfileDirectory": { "description": "A folder of node-exporter's textfile collector (`--collector.textfile.directory`): the agent keeps towline.prom there, with its own figures and its containers'.", "type": "string", "pattern": "^/" } }, "examples": [{ "apiVersion": "towline/v1", "fleet": "acme-pumps", "device": "pump-17", "anchor": "0000000000000000000000000000000000000000", "gateways": [{ "address": "gateway.example.com:8443", "tlsPins": ["sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] }] }] };
var func2 = Object.prototype.hasOwnProperty;
function validate22(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if ("towline/v1" !== data) {
    const err0 = { instancePath, schemaPath: "#/const", keyword: "const", params: { allowedValue: "towline/v1" }, message: "must be equal to constant" };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  validate22.errors = vErrors;
  return errors === 0;
}
var pattern0 = new RegExp("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", "u");
function validate24(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (!pattern0.test(data)) {
      const err0 = { instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" }, message: 'must match pattern "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"' };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
  } else {
    const err1 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err1];
    } else {
      vErrors.push(err1);
    }
    errors++;
  }
  validate24.errors = vErrors;
  return errors === 0;
}
var pattern1 = new RegExp("^(\\[[0-9a-fA-F:]+\\]|[A-Za-z0-9.-]+):[0-9]{1,5}$", "u");
var pattern2 = new RegExp("^sha256:[A-Za-z0-9+/]{43}=$", "u");
function validate28(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (!pattern2.test(data)) {
      const err0 = { instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^sha256:[A-Za-z0-9+/]{43}=$" }, message: 'must match pattern "^sha256:[A-Za-z0-9+/]{43}=$"' };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
  } else {
    const err1 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err1];
    } else {
      vErrors.push(err1);
    }
    errors++;
  }
  validate28.errors = vErrors;
  return errors === 0;
}
var func3 = require_ucs2length().default;
var pattern3 = new RegExp("^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh.com|sk-ecdsa-sha2-nistp256@openssh.com) [A-Za-z0-9+/=]+( .*)?$", "u");
function validate30(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (func3(data) > 4096) {
      const err0 = { instancePath, schemaPath: "#/maxLength", keyword: "maxLength", params: { limit: 4096 }, message: "must NOT have more than 4096 characters" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (!pattern3.test(data)) {
      const err1 = { instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh.com|sk-ecdsa-sha2-nistp256@openssh.com) [A-Za-z0-9+/=]+( .*)?$" }, message: 'must match pattern "^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh.com|sk-ecdsa-sha2-nistp256@openssh.com) [A-Za-z0-9+/=]+( .*)?$"' };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
  } else {
    const err2 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err2];
    } else {
      vErrors.push(err2);
    }
    errors++;
  }
  validate30.errors = vErrors;
  return errors === 0;
}
function validate27(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.address === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "address" }, message: "must have required property 'address'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.tlsPins === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "tlsPins" }, message: "must have required property 'tlsPins'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "address" || key0 === "tlsPins" || key0 === "sshHostKeys" || key0 === "accessKeys" || key0 === "certificateKeys")) {
        const err2 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.address !== void 0) {
      let data0 = data.address;
      if (typeof data0 === "string") {
        if (!pattern1.test(data0)) {
          const err3 = { instancePath: instancePath + "/address", schemaPath: "#/properties/address/pattern", keyword: "pattern", params: { pattern: "^(\\[[0-9a-fA-F:]+\\]|[A-Za-z0-9.-]+):[0-9]{1,5}$" }, message: 'must match pattern "^(\\[[0-9a-fA-F:]+\\]|[A-Za-z0-9.-]+):[0-9]{1,5}$"' };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
      } else {
        const err4 = { instancePath: instancePath + "/address", schemaPath: "#/properties/address/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.tlsPins !== void 0) {
      let data1 = data.tlsPins;
      if (Array.isArray(data1)) {
        if (data1.length > 8) {
          const err5 = { instancePath: instancePath + "/tlsPins", schemaPath: "#/properties/tlsPins/maxItems", keyword: "maxItems", params: { limit: 8 }, message: "must NOT have more than 8 items" };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
        if (data1.length < 1) {
          const err6 = { instancePath: instancePath + "/tlsPins", schemaPath: "#/properties/tlsPins/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
        const len0 = data1.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (!validate28(data1[i0], { instancePath: instancePath + "/tlsPins/" + i0, parentData: data1, parentDataProperty: i0, rootData })) {
            vErrors = vErrors === null ? validate28.errors : vErrors.concat(validate28.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err7 = { instancePath: instancePath + "/tlsPins", schemaPath: "#/properties/tlsPins/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.sshHostKeys !== void 0) {
      let data3 = data.sshHostKeys;
      if (Array.isArray(data3)) {
        if (data3.length > 8) {
          const err8 = { instancePath: instancePath + "/sshHostKeys", schemaPath: "#/properties/sshHostKeys/maxItems", keyword: "maxItems", params: { limit: 8 }, message: "must NOT have more than 8 items" };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
        const len1 = data3.length;
        for (let i1 = 0; i1 < len1; i1++) {
          if (!validate30(data3[i1], { instancePath: instancePath + "/sshHostKeys/" + i1, parentData: data3, parentDataProperty: i1, rootData })) {
            vErrors = vErrors === null ? validate30.errors : vErrors.concat(validate30.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err9 = { instancePath: instancePath + "/sshHostKeys", schemaPath: "#/properties/sshHostKeys/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.accessKeys !== void 0) {
      let data5 = data.accessKeys;
      if (Array.isArray(data5)) {
        if (data5.length > 4) {
          const err10 = { instancePath: instancePath + "/accessKeys", schemaPath: "#/properties/accessKeys/maxItems", keyword: "maxItems", params: { limit: 4 }, message: "must NOT have more than 4 items" };
          if (vErrors === null) {
            vErrors = [err10];
          } else {
            vErrors.push(err10);
          }
          errors++;
        }
        const len2 = data5.length;
        for (let i2 = 0; i2 < len2; i2++) {
          if (!validate30(data5[i2], { instancePath: instancePath + "/accessKeys/" + i2, parentData: data5, parentDataProperty: i2, rootData })) {
            vErrors = vErrors === null ? validate30.errors : vErrors.concat(validate30.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err11 = { instancePath: instancePath + "/accessKeys", schemaPath: "#/properties/accessKeys/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.certificateKeys !== void 0) {
      let data7 = data.certificateKeys;
      if (Array.isArray(data7)) {
        if (data7.length > 4) {
          const err12 = { instancePath: instancePath + "/certificateKeys", schemaPath: "#/properties/certificateKeys/maxItems", keyword: "maxItems", params: { limit: 4 }, message: "must NOT have more than 4 items" };
          if (vErrors === null) {
            vErrors = [err12];
          } else {
            vErrors.push(err12);
          }
          errors++;
        }
        const len3 = data7.length;
        for (let i3 = 0; i3 < len3; i3++) {
          if (!validate30(data7[i3], { instancePath: instancePath + "/certificateKeys/" + i3, parentData: data7, parentDataProperty: i3, rootData })) {
            vErrors = vErrors === null ? validate30.errors : vErrors.concat(validate30.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err13 = { instancePath: instancePath + "/certificateKeys", schemaPath: "#/properties/certificateKeys/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    }
  } else {
    const err14 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err14];
    } else {
      vErrors.push(err14);
    }
    errors++;
  }
  validate27.errors = vErrors;
  return errors === 0;
}
var pattern4 = new RegExp("^[0-9a-f]{40}$", "u");
function validate35(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (!pattern4.test(data)) {
      const err0 = { instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{40}$" }, message: 'must match pattern "^[0-9a-f]{40}$"' };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
  } else {
    const err1 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err1];
    } else {
      vErrors.push(err1);
    }
    errors++;
  }
  validate35.errors = vErrors;
  return errors === 0;
}
var pattern5 = new RegExp("^/", "u");
var pattern6 = new RegExp("^[a-z0-9][a-z0-9_-]{0,31}$", "u");
var pattern7 = new RegExp("^http://", "u");
function validate21(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.apiVersion === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "apiVersion" }, message: "must have required property 'apiVersion'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.fleet === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "fleet" }, message: "must have required property 'fleet'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.device === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "device" }, message: "must have required property 'device'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data.gateways === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "gateways" }, message: "must have required property 'gateways'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    if (data.anchor === void 0) {
      const err4 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "anchor" }, message: "must have required property 'anchor'" };
      if (vErrors === null) {
        vErrors = [err4];
      } else {
        vErrors.push(err4);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func2.call(schema6.properties, key0)) {
        const err5 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.apiVersion !== void 0) {
      if (!validate22(data.apiVersion, { instancePath: instancePath + "/apiVersion", parentData: data, parentDataProperty: "apiVersion", rootData })) {
        vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
        errors = vErrors.length;
      }
    }
    if (data.fleet !== void 0) {
      if (!validate24(data.fleet, { instancePath: instancePath + "/fleet", parentData: data, parentDataProperty: "fleet", rootData })) {
        vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
        errors = vErrors.length;
      }
    }
    if (data.device !== void 0) {
      if (!validate24(data.device, { instancePath: instancePath + "/device", parentData: data, parentDataProperty: "device", rootData })) {
        vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
        errors = vErrors.length;
      }
    }
    if (data.gateways !== void 0) {
      let data3 = data.gateways;
      if (Array.isArray(data3)) {
        if (data3.length > 16) {
          const err6 = { instancePath: instancePath + "/gateways", schemaPath: "#/properties/gateways/maxItems", keyword: "maxItems", params: { limit: 16 }, message: "must NOT have more than 16 items" };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
        if (data3.length < 1) {
          const err7 = { instancePath: instancePath + "/gateways", schemaPath: "#/properties/gateways/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
        const len0 = data3.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (!validate27(data3[i0], { instancePath: instancePath + "/gateways/" + i0, parentData: data3, parentDataProperty: i0, rootData })) {
            vErrors = vErrors === null ? validate27.errors : vErrors.concat(validate27.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err8 = { instancePath: instancePath + "/gateways", schemaPath: "#/properties/gateways/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.anchor !== void 0) {
      if (!validate35(data.anchor, { instancePath: instancePath + "/anchor", parentData: data, parentDataProperty: "anchor", rootData })) {
        vErrors = vErrors === null ? validate35.errors : vErrors.concat(validate35.errors);
        errors = vErrors.length;
      }
    }
    if (data.stateDirectory !== void 0) {
      if (typeof data.stateDirectory !== "string") {
        const err9 = { instancePath: instancePath + "/stateDirectory", schemaPath: "#/properties/stateDirectory/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.runtimeDirectory !== void 0) {
      let data7 = data.runtimeDirectory;
      if (typeof data7 === "string") {
        if (!pattern5.test(data7)) {
          const err10 = { instancePath: instancePath + "/runtimeDirectory", schemaPath: "#/properties/runtimeDirectory/pattern", keyword: "pattern", params: { pattern: "^/" }, message: 'must match pattern "^/"' };
          if (vErrors === null) {
            vErrors = [err10];
          } else {
            vErrors.push(err10);
          }
          errors++;
        }
      } else {
        const err11 = { instancePath: instancePath + "/runtimeDirectory", schemaPath: "#/properties/runtimeDirectory/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.engineSocket !== void 0) {
      if (typeof data.engineSocket !== "string") {
        const err12 = { instancePath: instancePath + "/engineSocket", schemaPath: "#/properties/engineSocket/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      }
    }
    if (data.projectPrefix !== void 0) {
      let data9 = data.projectPrefix;
      if (typeof data9 === "string") {
        if (!pattern6.test(data9)) {
          const err13 = { instancePath: instancePath + "/projectPrefix", schemaPath: "#/properties/projectPrefix/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9][a-z0-9_-]{0,31}$" }, message: 'must match pattern "^[a-z0-9][a-z0-9_-]{0,31}$"' };
          if (vErrors === null) {
            vErrors = [err13];
          } else {
            vErrors.push(err13);
          }
          errors++;
        }
      } else {
        const err14 = { instancePath: instancePath + "/projectPrefix", schemaPath: "#/properties/projectPrefix/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err14];
        } else {
          vErrors.push(err14);
        }
        errors++;
      }
    }
    if (data.proxy !== void 0) {
      let data10 = data.proxy;
      if (typeof data10 === "string") {
        if (!pattern7.test(data10)) {
          const err15 = { instancePath: instancePath + "/proxy", schemaPath: "#/properties/proxy/pattern", keyword: "pattern", params: { pattern: "^http://" }, message: 'must match pattern "^http://"' };
          if (vErrors === null) {
            vErrors = [err15];
          } else {
            vErrors.push(err15);
          }
          errors++;
        }
      } else {
        const err16 = { instancePath: instancePath + "/proxy", schemaPath: "#/properties/proxy/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err16];
        } else {
          vErrors.push(err16);
        }
        errors++;
      }
    }
    if (data.logLevel !== void 0) {
      let data11 = data.logLevel;
      if (typeof data11 !== "string") {
        const err17 = { instancePath: instancePath + "/logLevel", schemaPath: "#/properties/logLevel/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err17];
        } else {
          vErrors.push(err17);
        }
        errors++;
      }
      if (!(data11 === "fatal" || data11 === "error" || data11 === "warn" || data11 === "info" || data11 === "debug" || data11 === "trace")) {
        const err18 = { instancePath: instancePath + "/logLevel", schemaPath: "#/properties/logLevel/enum", keyword: "enum", params: { allowedValues: schema6.properties.logLevel.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err18];
        } else {
          vErrors.push(err18);
        }
        errors++;
      }
    }
    if (data.parallelPulls !== void 0) {
      let data12 = data.parallelPulls;
      if (!(typeof data12 == "number" && (!(data12 % 1) && !isNaN(data12)) && isFinite(data12))) {
        const err19 = { instancePath: instancePath + "/parallelPulls", schemaPath: "#/properties/parallelPulls/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err19];
        } else {
          vErrors.push(err19);
        }
        errors++;
      }
      if (typeof data12 == "number" && isFinite(data12)) {
        if (data12 > 16 || isNaN(data12)) {
          const err20 = { instancePath: instancePath + "/parallelPulls", schemaPath: "#/properties/parallelPulls/maximum", keyword: "maximum", params: { comparison: "<=", limit: 16 }, message: "must be <= 16" };
          if (vErrors === null) {
            vErrors = [err20];
          } else {
            vErrors.push(err20);
          }
          errors++;
        }
        if (data12 < 1 || isNaN(data12)) {
          const err21 = { instancePath: instancePath + "/parallelPulls", schemaPath: "#/properties/parallelPulls/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err21];
          } else {
            vErrors.push(err21);
          }
          errors++;
        }
      }
    }
    if (data.textfileDirectory !== void 0) {
      let data13 = data.textfileDirectory;
      if (typeof data13 === "string") {
        if (!pattern5.test(data13)) {
          const err22 = { instancePath: instancePath + "/textfileDirectory", schemaPath: "#/properties/textfileDirectory/pattern", keyword: "pattern", params: { pattern: "^/" }, message: 'must match pattern "^/"' };
          if (vErrors === null) {
            vErrors = [err22];
          } else {
            vErrors.push(err22);
          }
          errors++;
        }
      } else {
        const err23 = { instancePath: instancePath + "/textfileDirectory", schemaPath: "#/properties/textfileDirectory/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err23];
        } else {
          vErrors.push(err23);
        }
        errors++;
      }
    }
  } else {
    const err24 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err24];
    } else {
      vErrors.push(err24);
    }
    errors++;
  }
  validate21.errors = vErrors;
  return errors === 0;
}
var app = validate37;
var schema13 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://towline.dev/schemas/v1/app.schema.json", "title": "App", "description": "apps/<app>/app.yaml: how an app is put together. May be left out: then compose.yaml is the only file.", "type": "object", "additionalProperties": false, "required": ["apiVersion"], "properties": { "apiVersion": { "$ref": "https://towline.dev/schemas/v1/common.apiVersion.schema.json" }, "description": { "description": "For people.", "type": "string", "maxLength": 1e3 }, "compose": { "description": "Compose files of this folder, merged in this order.", "type": "array", "minItems": 1, "maxItems": 16, "items": { "type": "string", "pattern": "^[A-Za-z0-9._/-]+\\.ya?ml$" }, "default": ["compose.yaml"] }, "variables": { "$ref": "https://towline.dev/schemas/v1/common.variables.schema.json" }, "secrets": { "$ref": "https://towline.dev/schemas/v1/common.secretFiles.schema.json" }, "profiles": { "description": "Compose profiles that are on.", "type": "array", "items": { "type": "string", "maxLength": 128 } }, "update": { "$ref": "https://towline.dev/schemas/v1/common.update.schema.json" }, "disposableVolumes": { "description": "Volumes, by their keys in the Compose file, that may be lost: when the definition of one changes it is removed with all that it holds, and made anew. Any other volume is kept as it is, and the device says so.", "type": "array", "uniqueItems": true, "maxItems": 256, "items": { "type": "string", "minLength": 1, "maxLength": 128 } }, "logs": { "description": "How the logs of the app's containers are read: `default`, and by the name of a service what is said of it alone. What it says changes no container.", "type": "object", "additionalProperties": false, "properties": { "default": { "$ref": "https://towline.dev/schemas/v1/common.logSettings.schema.json" }, "services": { "description": "By the name of the service in the Compose file.", "type": "object", "maxProperties": 256, "additionalProperties": { "$ref": "https://towline.dev/schemas/v1/common.logSettings.schema.json" } } }, "examples": [{ "default": { "redact": { "patterns": ["email"] } }, "services": { "web": { "format": "json" }, "worker": { "multiline": "java" } } }] }, "metrics": { "description": "Endpoints of the app's own containers that answer in Prometheus' text format; devices scrape them. Each container of the service is asked, at its own address on the project's bridge networks.", "type": "array", "maxItems": 16, "items": { "type": "object", "additionalProperties": false, "required": ["service", "port"], "properties": { "service": { "description": "Service of the Compose file.", "type": "string", "minLength": 1, "maxLength": 128 }, "port": { "description": "Port within the container; it need not be published.", "type": "integer", "minimum": 1, "maximum": 65535 }, "path": { "description": "Path of the endpoint.", "type": "string", "pattern": "^/[!-~]{0,511}$", "default": "/metrics" }, "interval": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "description": "How often it is asked, where that is less often than the device takes metrics." } } } } }, "examples": [{ "apiVersion": "towline/v1", "compose": ["compose.yaml"], "update": { "healthTimeout": "2m" } }] };
var schema14 = { "description": "Values for interpolation in Compose files. The narrowest file wins: fleet, then groups by priority, then device.", "type": "object", "maxProperties": 256, "propertyNames": { "pattern": "^[A-Za-z_][A-Za-z0-9_]*$" }, "additionalProperties": { "type": ["string", "number", "boolean"] }, "examples": [{ "HTTP_PORT": 8080 }], "$id": "https://towline.dev/schemas/v1/common.variables.schema.json" };
var pattern10 = new RegExp("^[A-Za-z_][A-Za-z0-9_]*$", "u");
function validate39(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (Object.keys(data).length > 256) {
      const err0 = { instancePath, schemaPath: "#/maxProperties", keyword: "maxProperties", params: { limit: 256 }, message: "must NOT have more than 256 properties" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    for (const key0 in data) {
      const _errs1 = errors;
      if (typeof key0 === "string") {
        if (!pattern10.test(key0)) {
          const err1 = { instancePath, schemaPath: "#/propertyNames/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z_][A-Za-z0-9_]*$" }, message: 'must match pattern "^[A-Za-z_][A-Za-z0-9_]*$"', propertyName: key0 };
          if (vErrors === null) {
            vErrors = [err1];
          } else {
            vErrors.push(err1);
          }
          errors++;
        }
      }
      var valid0 = _errs1 === errors;
      if (!valid0) {
        const err2 = { instancePath, schemaPath: "#/propertyNames", keyword: "propertyNames", params: { propertyName: key0 }, message: "property name must be valid" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    for (const key1 in data) {
      let data0 = data[key1];
      if (typeof data0 !== "string" && !(typeof data0 == "number" && isFinite(data0)) && typeof data0 !== "boolean") {
        const err3 = { instancePath: instancePath + "/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/additionalProperties/type", keyword: "type", params: { type: schema14.additionalProperties.type }, message: "must be string,number,boolean" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
  } else {
    const err4 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err4];
    } else {
      vErrors.push(err4);
    }
    errors++;
  }
  validate39.errors = vErrors;
  return errors === 0;
}
var pattern11 = new RegExp("^secrets/([A-Za-z0-9_-][A-Za-z0-9._+-]*/)*[A-Za-z0-9_-][A-Za-z0-9._+-]*\\.(ya?ml|json|env)$", "u");
function validate42(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (func3(data) > 512) {
      const err0 = { instancePath, schemaPath: "#/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (!pattern11.test(data)) {
      const err1 = { instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^secrets/([A-Za-z0-9_-][A-Za-z0-9._+-]*/)*[A-Za-z0-9_-][A-Za-z0-9._+-]*\\.(ya?ml|json|env)$" }, message: 'must match pattern "^secrets/([A-Za-z0-9_-][A-Za-z0-9._+-]*/)*[A-Za-z0-9_-][A-Za-z0-9._+-]*\\.(ya?ml|json|env)$"' };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
  } else {
    const err2 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err2];
    } else {
      vErrors.push(err2);
    }
    errors++;
  }
  validate42.errors = vErrors;
  return errors === 0;
}
var func0 = require_equal().default;
function validate41(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (Array.isArray(data)) {
    if (data.length > 16) {
      const err0 = { instancePath, schemaPath: "#/maxItems", keyword: "maxItems", params: { limit: 16 }, message: "must NOT have more than 16 items" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    const len0 = data.length;
    for (let i0 = 0; i0 < len0; i0++) {
      if (!validate42(data[i0], { instancePath: instancePath + "/" + i0, parentData: data, parentDataProperty: i0, rootData })) {
        vErrors = vErrors === null ? validate42.errors : vErrors.concat(validate42.errors);
        errors = vErrors.length;
      }
    }
    let i1 = data.length;
    let j0;
    if (i1 > 1) {
      outer0: for (; i1--; ) {
        for (j0 = i1; j0--; ) {
          if (func0(data[i1], data[j0])) {
            const err1 = { instancePath, schemaPath: "#/uniqueItems", keyword: "uniqueItems", params: { i: i1, j: j0 }, message: "must NOT have duplicate items (items ## " + j0 + " and " + i1 + " are identical)" };
            if (vErrors === null) {
              vErrors = [err1];
            } else {
              vErrors.push(err1);
            }
            errors++;
            break outer0;
          }
        }
      }
    }
  } else {
    const err2 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "array" }, message: "must be array" };
    if (vErrors === null) {
      vErrors = [err2];
    } else {
      vErrors.push(err2);
    }
    errors++;
  }
  validate41.errors = vErrors;
  return errors === 0;
}
var schema17 = { "description": "How an app is updated.", "type": "object", "additionalProperties": false, "properties": { "strategy": { "description": "recreate: each service is replaced in turn; stop-first: all services that change stop before the first starts.", "type": "string", "enum": ["recreate", "stop-first"], "default": "recreate" }, "healthTimeout": { "description": "How long a project may take to become healthy; with all its other steps but pulls an hour at most.", "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "default": "5m" }, "stablePeriod": { "description": "How long a service must run without a restart to count as healthy.", "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "default": "10s" }, "lockFile": { "description": "While this file exists (a path inside the first service's container, or of a bind mount), updates wait.", "type": "string", "maxLength": 512 } }, "$id": "https://towline.dev/schemas/v1/common.update.schema.json" };
var pattern12 = new RegExp("^([0-9]+(ms|s|m|h|d))+$", "u");
function validate46(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (!pattern12.test(data)) {
      const err0 = { instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^([0-9]+(ms|s|m|h|d))+$" }, message: 'must match pattern "^([0-9]+(ms|s|m|h|d))+$"' };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
  } else {
    const err1 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err1];
    } else {
      vErrors.push(err1);
    }
    errors++;
  }
  validate46.errors = vErrors;
  return errors === 0;
}
function validate45(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(key0 === "strategy" || key0 === "healthTimeout" || key0 === "stablePeriod" || key0 === "lockFile")) {
        const err0 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.strategy !== void 0) {
      let data0 = data.strategy;
      if (typeof data0 !== "string") {
        const err1 = { instancePath: instancePath + "/strategy", schemaPath: "#/properties/strategy/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
      if (!(data0 === "recreate" || data0 === "stop-first")) {
        const err2 = { instancePath: instancePath + "/strategy", schemaPath: "#/properties/strategy/enum", keyword: "enum", params: { allowedValues: schema17.properties.strategy.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.healthTimeout !== void 0) {
      if (!validate46(data.healthTimeout, { instancePath: instancePath + "/healthTimeout", parentData: data, parentDataProperty: "healthTimeout", rootData })) {
        vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
        errors = vErrors.length;
      }
    }
    if (data.stablePeriod !== void 0) {
      if (!validate46(data.stablePeriod, { instancePath: instancePath + "/stablePeriod", parentData: data, parentDataProperty: "stablePeriod", rootData })) {
        vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
        errors = vErrors.length;
      }
    }
    if (data.lockFile !== void 0) {
      let data3 = data.lockFile;
      if (typeof data3 === "string") {
        if (func3(data3) > 512) {
          const err3 = { instancePath: instancePath + "/lockFile", schemaPath: "#/properties/lockFile/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
      } else {
        const err4 = { instancePath: instancePath + "/lockFile", schemaPath: "#/properties/lockFile/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
  } else {
    const err5 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err5];
    } else {
      vErrors.push(err5);
    }
    errors++;
  }
  validate45.errors = vErrors;
  return errors === 0;
}
var schema19 = { "description": "How the log of a service is read.", "type": "object", "additionalProperties": false, "properties": { "collect": { "description": "Whether its lines leave the device.", "type": "boolean", "default": true }, "multiline": { "description": "Lines that are one record: traces as Java, Python or Go print them, or lines that begin with a blank (`indent`) together with the one before.", "type": "string", "enum": ["java", "python", "go", "indent"] }, "format": { "description": "`json`: a line that is an object becomes its message, its level and its other fields, nested ones joined by dots.", "type": "string", "enum": ["text", "json"], "default": "text" }, "redact": { "description": "What is taken out before a line leaves the container's device. What a service names comes on top of the default.", "type": "object", "additionalProperties": false, "properties": { "patterns": { "description": "What looks like this, by name; numbers of cards and accounts by their check digits.", "type": "array", "uniqueItems": true, "maxItems": 16, "items": { "type": "string", "enum": ["bearer", "credentials", "credit-card", "email", "iban", "ipv4", "jwt", "private-key", "url-password"] } }, "literals": { "description": "These texts, as they stand here. No secrets: this file is read by all who read the repository.", "type": "array", "maxItems": 32, "items": { "type": "string", "minLength": 3, "maxLength": 256 } } } }, "maxLinesPerSecond": { "description": "Of one container; what is beyond is counted, and a record says how much is missing.", "type": "integer", "minimum": 1, "maximum": 1e6, "default": 1e4 }, "maxLineSize": { "description": "Of one record; the rest is cut off and counted. 256B to 64KiB.", "type": "string", "pattern": "^(25[6-9]B|2[6-9][0-9]B|[3-9][0-9]{2}B|[1-9][0-9]{3,4}B|[1-9]KiB|[1-5][0-9]KiB|6[0-4]KiB)$", "default": "32KiB" }, "maxBytesPerDay": { "$ref": "https://towline.dev/schemas/v1/common.size.schema.json", "description": "Text of one container in a day of UTC, within what the device may send at all." } }, "$id": "https://towline.dev/schemas/v1/common.logSettings.schema.json" };
var pattern13 = new RegExp("^(25[6-9]B|2[6-9][0-9]B|[3-9][0-9]{2}B|[1-9][0-9]{3,4}B|[1-9]KiB|[1-5][0-9]KiB|6[0-4]KiB)$", "u");
var pattern14 = new RegExp("^[0-9]+(B|KiB|MiB|GiB)$", "u");
function validate51(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (!pattern14.test(data)) {
      const err0 = { instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^[0-9]+(B|KiB|MiB|GiB)$" }, message: 'must match pattern "^[0-9]+(B|KiB|MiB|GiB)$"' };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
  } else {
    const err1 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err1];
    } else {
      vErrors.push(err1);
    }
    errors++;
  }
  validate51.errors = vErrors;
  return errors === 0;
}
function validate50(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(key0 === "collect" || key0 === "multiline" || key0 === "format" || key0 === "redact" || key0 === "maxLinesPerSecond" || key0 === "maxLineSize" || key0 === "maxBytesPerDay")) {
        const err0 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.collect !== void 0) {
      if (typeof data.collect !== "boolean") {
        const err1 = { instancePath: instancePath + "/collect", schemaPath: "#/properties/collect/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.multiline !== void 0) {
      let data1 = data.multiline;
      if (typeof data1 !== "string") {
        const err2 = { instancePath: instancePath + "/multiline", schemaPath: "#/properties/multiline/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
      if (!(data1 === "java" || data1 === "python" || data1 === "go" || data1 === "indent")) {
        const err3 = { instancePath: instancePath + "/multiline", schemaPath: "#/properties/multiline/enum", keyword: "enum", params: { allowedValues: schema19.properties.multiline.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.format !== void 0) {
      let data2 = data.format;
      if (typeof data2 !== "string") {
        const err4 = { instancePath: instancePath + "/format", schemaPath: "#/properties/format/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
      if (!(data2 === "text" || data2 === "json")) {
        const err5 = { instancePath: instancePath + "/format", schemaPath: "#/properties/format/enum", keyword: "enum", params: { allowedValues: schema19.properties.format.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.redact !== void 0) {
      let data3 = data.redact;
      if (data3 && typeof data3 == "object" && !Array.isArray(data3)) {
        for (const key1 in data3) {
          if (!(key1 === "patterns" || key1 === "literals")) {
            const err6 = { instancePath: instancePath + "/redact", schemaPath: "#/properties/redact/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err6];
            } else {
              vErrors.push(err6);
            }
            errors++;
          }
        }
        if (data3.patterns !== void 0) {
          let data4 = data3.patterns;
          if (Array.isArray(data4)) {
            if (data4.length > 16) {
              const err7 = { instancePath: instancePath + "/redact/patterns", schemaPath: "#/properties/redact/properties/patterns/maxItems", keyword: "maxItems", params: { limit: 16 }, message: "must NOT have more than 16 items" };
              if (vErrors === null) {
                vErrors = [err7];
              } else {
                vErrors.push(err7);
              }
              errors++;
            }
            const len0 = data4.length;
            for (let i0 = 0; i0 < len0; i0++) {
              let data5 = data4[i0];
              if (typeof data5 !== "string") {
                const err8 = { instancePath: instancePath + "/redact/patterns/" + i0, schemaPath: "#/properties/redact/properties/patterns/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err8];
                } else {
                  vErrors.push(err8);
                }
                errors++;
              }
              if (!(data5 === "bearer" || data5 === "credentials" || data5 === "credit-card" || data5 === "email" || data5 === "iban" || data5 === "ipv4" || data5 === "jwt" || data5 === "private-key" || data5 === "url-password")) {
                const err9 = { instancePath: instancePath + "/redact/patterns/" + i0, schemaPath: "#/properties/redact/properties/patterns/items/enum", keyword: "enum", params: { allowedValues: schema19.properties.redact.properties.patterns.items.enum }, message: "must be equal to one of the allowed values" };
                if (vErrors === null) {
                  vErrors = [err9];
                } else {
                  vErrors.push(err9);
                }
                errors++;
              }
            }
            let i1 = data4.length;
            let j0;
            if (i1 > 1) {
              const indices0 = {};
              for (; i1--; ) {
                let item0 = data4[i1];
                if (typeof item0 !== "string") {
                  continue;
                }
                if (typeof indices0[item0] == "number") {
                  j0 = indices0[item0];
                  const err10 = { instancePath: instancePath + "/redact/patterns", schemaPath: "#/properties/redact/properties/patterns/uniqueItems", keyword: "uniqueItems", params: { i: i1, j: j0 }, message: "must NOT have duplicate items (items ## " + j0 + " and " + i1 + " are identical)" };
                  if (vErrors === null) {
                    vErrors = [err10];
                  } else {
                    vErrors.push(err10);
                  }
                  errors++;
                  break;
                }
                indices0[item0] = i1;
              }
            }
          } else {
            const err11 = { instancePath: instancePath + "/redact/patterns", schemaPath: "#/properties/redact/properties/patterns/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err11];
            } else {
              vErrors.push(err11);
            }
            errors++;
          }
        }
        if (data3.literals !== void 0) {
          let data6 = data3.literals;
          if (Array.isArray(data6)) {
            if (data6.length > 32) {
              const err12 = { instancePath: instancePath + "/redact/literals", schemaPath: "#/properties/redact/properties/literals/maxItems", keyword: "maxItems", params: { limit: 32 }, message: "must NOT have more than 32 items" };
              if (vErrors === null) {
                vErrors = [err12];
              } else {
                vErrors.push(err12);
              }
              errors++;
            }
            const len1 = data6.length;
            for (let i2 = 0; i2 < len1; i2++) {
              let data7 = data6[i2];
              if (typeof data7 === "string") {
                if (func3(data7) > 256) {
                  const err13 = { instancePath: instancePath + "/redact/literals/" + i2, schemaPath: "#/properties/redact/properties/literals/items/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" };
                  if (vErrors === null) {
                    vErrors = [err13];
                  } else {
                    vErrors.push(err13);
                  }
                  errors++;
                }
                if (func3(data7) < 3) {
                  const err14 = { instancePath: instancePath + "/redact/literals/" + i2, schemaPath: "#/properties/redact/properties/literals/items/minLength", keyword: "minLength", params: { limit: 3 }, message: "must NOT have fewer than 3 characters" };
                  if (vErrors === null) {
                    vErrors = [err14];
                  } else {
                    vErrors.push(err14);
                  }
                  errors++;
                }
              } else {
                const err15 = { instancePath: instancePath + "/redact/literals/" + i2, schemaPath: "#/properties/redact/properties/literals/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err15];
                } else {
                  vErrors.push(err15);
                }
                errors++;
              }
            }
          } else {
            const err16 = { instancePath: instancePath + "/redact/literals", schemaPath: "#/properties/redact/properties/literals/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err16];
            } else {
              vErrors.push(err16);
            }
            errors++;
          }
        }
      } else {
        const err17 = { instancePath: instancePath + "/redact", schemaPath: "#/properties/redact/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err17];
        } else {
          vErrors.push(err17);
        }
        errors++;
      }
    }
    if (data.maxLinesPerSecond !== void 0) {
      let data8 = data.maxLinesPerSecond;
      if (!(typeof data8 == "number" && (!(data8 % 1) && !isNaN(data8)) && isFinite(data8))) {
        const err18 = { instancePath: instancePath + "/maxLinesPerSecond", schemaPath: "#/properties/maxLinesPerSecond/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err18];
        } else {
          vErrors.push(err18);
        }
        errors++;
      }
      if (typeof data8 == "number" && isFinite(data8)) {
        if (data8 > 1e6 || isNaN(data8)) {
          const err19 = { instancePath: instancePath + "/maxLinesPerSecond", schemaPath: "#/properties/maxLinesPerSecond/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e6 }, message: "must be <= 1000000" };
          if (vErrors === null) {
            vErrors = [err19];
          } else {
            vErrors.push(err19);
          }
          errors++;
        }
        if (data8 < 1 || isNaN(data8)) {
          const err20 = { instancePath: instancePath + "/maxLinesPerSecond", schemaPath: "#/properties/maxLinesPerSecond/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err20];
          } else {
            vErrors.push(err20);
          }
          errors++;
        }
      }
    }
    if (data.maxLineSize !== void 0) {
      let data9 = data.maxLineSize;
      if (typeof data9 === "string") {
        if (!pattern13.test(data9)) {
          const err21 = { instancePath: instancePath + "/maxLineSize", schemaPath: "#/properties/maxLineSize/pattern", keyword: "pattern", params: { pattern: "^(25[6-9]B|2[6-9][0-9]B|[3-9][0-9]{2}B|[1-9][0-9]{3,4}B|[1-9]KiB|[1-5][0-9]KiB|6[0-4]KiB)$" }, message: 'must match pattern "^(25[6-9]B|2[6-9][0-9]B|[3-9][0-9]{2}B|[1-9][0-9]{3,4}B|[1-9]KiB|[1-5][0-9]KiB|6[0-4]KiB)$"' };
          if (vErrors === null) {
            vErrors = [err21];
          } else {
            vErrors.push(err21);
          }
          errors++;
        }
      } else {
        const err22 = { instancePath: instancePath + "/maxLineSize", schemaPath: "#/properties/maxLineSize/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err22];
        } else {
          vErrors.push(err22);
        }
        errors++;
      }
    }
    if (data.maxBytesPerDay !== void 0) {
      if (!validate51(data.maxBytesPerDay, { instancePath: instancePath + "/maxBytesPerDay", parentData: data, parentDataProperty: "maxBytesPerDay", rootData })) {
        vErrors = vErrors === null ? validate51.errors : vErrors.concat(validate51.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err23 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err23];
    } else {
      vErrors.push(err23);
    }
    errors++;
  }
  validate50.errors = vErrors;
  return errors === 0;
}
var pattern9 = new RegExp("^[A-Za-z0-9._/-]+\\.ya?ml$", "u");
var pattern15 = new RegExp("^/[!-~]{0,511}$", "u");
function validate37(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.apiVersion === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "apiVersion" }, message: "must have required property 'apiVersion'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func2.call(schema13.properties, key0)) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.apiVersion !== void 0) {
      if (!validate22(data.apiVersion, { instancePath: instancePath + "/apiVersion", parentData: data, parentDataProperty: "apiVersion", rootData })) {
        vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
        errors = vErrors.length;
      }
    }
    if (data.description !== void 0) {
      let data1 = data.description;
      if (typeof data1 === "string") {
        if (func3(data1) > 1e3) {
          const err2 = { instancePath: instancePath + "/description", schemaPath: "#/properties/description/maxLength", keyword: "maxLength", params: { limit: 1e3 }, message: "must NOT have more than 1000 characters" };
          if (vErrors === null) {
            vErrors = [err2];
          } else {
            vErrors.push(err2);
          }
          errors++;
        }
      } else {
        const err3 = { instancePath: instancePath + "/description", schemaPath: "#/properties/description/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.compose !== void 0) {
      let data2 = data.compose;
      if (Array.isArray(data2)) {
        if (data2.length > 16) {
          const err4 = { instancePath: instancePath + "/compose", schemaPath: "#/properties/compose/maxItems", keyword: "maxItems", params: { limit: 16 }, message: "must NOT have more than 16 items" };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
        if (data2.length < 1) {
          const err5 = { instancePath: instancePath + "/compose", schemaPath: "#/properties/compose/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
        const len0 = data2.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data3 = data2[i0];
          if (typeof data3 === "string") {
            if (!pattern9.test(data3)) {
              const err6 = { instancePath: instancePath + "/compose/" + i0, schemaPath: "#/properties/compose/items/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9._/-]+\\.ya?ml$" }, message: 'must match pattern "^[A-Za-z0-9._/-]+\\.ya?ml$"' };
              if (vErrors === null) {
                vErrors = [err6];
              } else {
                vErrors.push(err6);
              }
              errors++;
            }
          } else {
            const err7 = { instancePath: instancePath + "/compose/" + i0, schemaPath: "#/properties/compose/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err7];
            } else {
              vErrors.push(err7);
            }
            errors++;
          }
        }
      } else {
        const err8 = { instancePath: instancePath + "/compose", schemaPath: "#/properties/compose/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.variables !== void 0) {
      if (!validate39(data.variables, { instancePath: instancePath + "/variables", parentData: data, parentDataProperty: "variables", rootData })) {
        vErrors = vErrors === null ? validate39.errors : vErrors.concat(validate39.errors);
        errors = vErrors.length;
      }
    }
    if (data.secrets !== void 0) {
      if (!validate41(data.secrets, { instancePath: instancePath + "/secrets", parentData: data, parentDataProperty: "secrets", rootData })) {
        vErrors = vErrors === null ? validate41.errors : vErrors.concat(validate41.errors);
        errors = vErrors.length;
      }
    }
    if (data.profiles !== void 0) {
      let data6 = data.profiles;
      if (Array.isArray(data6)) {
        const len1 = data6.length;
        for (let i1 = 0; i1 < len1; i1++) {
          let data7 = data6[i1];
          if (typeof data7 === "string") {
            if (func3(data7) > 128) {
              const err9 = { instancePath: instancePath + "/profiles/" + i1, schemaPath: "#/properties/profiles/items/maxLength", keyword: "maxLength", params: { limit: 128 }, message: "must NOT have more than 128 characters" };
              if (vErrors === null) {
                vErrors = [err9];
              } else {
                vErrors.push(err9);
              }
              errors++;
            }
          } else {
            const err10 = { instancePath: instancePath + "/profiles/" + i1, schemaPath: "#/properties/profiles/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err10];
            } else {
              vErrors.push(err10);
            }
            errors++;
          }
        }
      } else {
        const err11 = { instancePath: instancePath + "/profiles", schemaPath: "#/properties/profiles/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.update !== void 0) {
      if (!validate45(data.update, { instancePath: instancePath + "/update", parentData: data, parentDataProperty: "update", rootData })) {
        vErrors = vErrors === null ? validate45.errors : vErrors.concat(validate45.errors);
        errors = vErrors.length;
      }
    }
    if (data.disposableVolumes !== void 0) {
      let data9 = data.disposableVolumes;
      if (Array.isArray(data9)) {
        if (data9.length > 256) {
          const err12 = { instancePath: instancePath + "/disposableVolumes", schemaPath: "#/properties/disposableVolumes/maxItems", keyword: "maxItems", params: { limit: 256 }, message: "must NOT have more than 256 items" };
          if (vErrors === null) {
            vErrors = [err12];
          } else {
            vErrors.push(err12);
          }
          errors++;
        }
        const len2 = data9.length;
        for (let i2 = 0; i2 < len2; i2++) {
          let data10 = data9[i2];
          if (typeof data10 === "string") {
            if (func3(data10) > 128) {
              const err13 = { instancePath: instancePath + "/disposableVolumes/" + i2, schemaPath: "#/properties/disposableVolumes/items/maxLength", keyword: "maxLength", params: { limit: 128 }, message: "must NOT have more than 128 characters" };
              if (vErrors === null) {
                vErrors = [err13];
              } else {
                vErrors.push(err13);
              }
              errors++;
            }
            if (func3(data10) < 1) {
              const err14 = { instancePath: instancePath + "/disposableVolumes/" + i2, schemaPath: "#/properties/disposableVolumes/items/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
              if (vErrors === null) {
                vErrors = [err14];
              } else {
                vErrors.push(err14);
              }
              errors++;
            }
          } else {
            const err15 = { instancePath: instancePath + "/disposableVolumes/" + i2, schemaPath: "#/properties/disposableVolumes/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err15];
            } else {
              vErrors.push(err15);
            }
            errors++;
          }
        }
        let i3 = data9.length;
        let j0;
        if (i3 > 1) {
          const indices0 = {};
          for (; i3--; ) {
            let item0 = data9[i3];
            if (typeof item0 !== "string") {
              continue;
            }
            if (typeof indices0[item0] == "number") {
              j0 = indices0[item0];
              const err16 = { instancePath: instancePath + "/disposableVolumes", schemaPath: "#/properties/disposableVolumes/uniqueItems", keyword: "uniqueItems", params: { i: i3, j: j0 }, message: "must NOT have duplicate items (items ## " + j0 + " and " + i3 + " are identical)" };
              if (vErrors === null) {
                vErrors = [err16];
              } else {
                vErrors.push(err16);
              }
              errors++;
              break;
            }
            indices0[item0] = i3;
          }
        }
      } else {
        const err17 = { instancePath: instancePath + "/disposableVolumes", schemaPath: "#/properties/disposableVolumes/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err17];
        } else {
          vErrors.push(err17);
        }
        errors++;
      }
    }
    if (data.logs !== void 0) {
      let data11 = data.logs;
      if (data11 && typeof data11 == "object" && !Array.isArray(data11)) {
        for (const key1 in data11) {
          if (!(key1 === "default" || key1 === "services")) {
            const err18 = { instancePath: instancePath + "/logs", schemaPath: "#/properties/logs/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err18];
            } else {
              vErrors.push(err18);
            }
            errors++;
          }
        }
        if (data11.default !== void 0) {
          if (!validate50(data11.default, { instancePath: instancePath + "/logs/default", parentData: data11, parentDataProperty: "default", rootData })) {
            vErrors = vErrors === null ? validate50.errors : vErrors.concat(validate50.errors);
            errors = vErrors.length;
          }
        }
        if (data11.services !== void 0) {
          let data13 = data11.services;
          if (data13 && typeof data13 == "object" && !Array.isArray(data13)) {
            if (Object.keys(data13).length > 256) {
              const err19 = { instancePath: instancePath + "/logs/services", schemaPath: "#/properties/logs/properties/services/maxProperties", keyword: "maxProperties", params: { limit: 256 }, message: "must NOT have more than 256 properties" };
              if (vErrors === null) {
                vErrors = [err19];
              } else {
                vErrors.push(err19);
              }
              errors++;
            }
            for (const key2 in data13) {
              if (!validate50(data13[key2], { instancePath: instancePath + "/logs/services/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data13, parentDataProperty: key2, rootData })) {
                vErrors = vErrors === null ? validate50.errors : vErrors.concat(validate50.errors);
                errors = vErrors.length;
              }
            }
          } else {
            const err20 = { instancePath: instancePath + "/logs/services", schemaPath: "#/properties/logs/properties/services/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err20];
            } else {
              vErrors.push(err20);
            }
            errors++;
          }
        }
      } else {
        const err21 = { instancePath: instancePath + "/logs", schemaPath: "#/properties/logs/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err21];
        } else {
          vErrors.push(err21);
        }
        errors++;
      }
    }
    if (data.metrics !== void 0) {
      let data15 = data.metrics;
      if (Array.isArray(data15)) {
        if (data15.length > 16) {
          const err22 = { instancePath: instancePath + "/metrics", schemaPath: "#/properties/metrics/maxItems", keyword: "maxItems", params: { limit: 16 }, message: "must NOT have more than 16 items" };
          if (vErrors === null) {
            vErrors = [err22];
          } else {
            vErrors.push(err22);
          }
          errors++;
        }
        const len3 = data15.length;
        for (let i4 = 0; i4 < len3; i4++) {
          let data16 = data15[i4];
          if (data16 && typeof data16 == "object" && !Array.isArray(data16)) {
            if (data16.service === void 0) {
              const err23 = { instancePath: instancePath + "/metrics/" + i4, schemaPath: "#/properties/metrics/items/required", keyword: "required", params: { missingProperty: "service" }, message: "must have required property 'service'" };
              if (vErrors === null) {
                vErrors = [err23];
              } else {
                vErrors.push(err23);
              }
              errors++;
            }
            if (data16.port === void 0) {
              const err24 = { instancePath: instancePath + "/metrics/" + i4, schemaPath: "#/properties/metrics/items/required", keyword: "required", params: { missingProperty: "port" }, message: "must have required property 'port'" };
              if (vErrors === null) {
                vErrors = [err24];
              } else {
                vErrors.push(err24);
              }
              errors++;
            }
            for (const key3 in data16) {
              if (!(key3 === "service" || key3 === "port" || key3 === "path" || key3 === "interval")) {
                const err25 = { instancePath: instancePath + "/metrics/" + i4, schemaPath: "#/properties/metrics/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err25];
                } else {
                  vErrors.push(err25);
                }
                errors++;
              }
            }
            if (data16.service !== void 0) {
              let data17 = data16.service;
              if (typeof data17 === "string") {
                if (func3(data17) > 128) {
                  const err26 = { instancePath: instancePath + "/metrics/" + i4 + "/service", schemaPath: "#/properties/metrics/items/properties/service/maxLength", keyword: "maxLength", params: { limit: 128 }, message: "must NOT have more than 128 characters" };
                  if (vErrors === null) {
                    vErrors = [err26];
                  } else {
                    vErrors.push(err26);
                  }
                  errors++;
                }
                if (func3(data17) < 1) {
                  const err27 = { instancePath: instancePath + "/metrics/" + i4 + "/service", schemaPath: "#/properties/metrics/items/properties/service/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
                  if (vErrors === null) {
                    vErrors = [err27];
                  } else {
                    vErrors.push(err27);
                  }
                  errors++;
                }
              } else {
                const err28 = { instancePath: instancePath + "/metrics/" + i4 + "/service", schemaPath: "#/properties/metrics/items/properties/service/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err28];
                } else {
                  vErrors.push(err28);
                }
                errors++;
              }
            }
            if (data16.port !== void 0) {
              let data18 = data16.port;
              if (!(typeof data18 == "number" && (!(data18 % 1) && !isNaN(data18)) && isFinite(data18))) {
                const err29 = { instancePath: instancePath + "/metrics/" + i4 + "/port", schemaPath: "#/properties/metrics/items/properties/port/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err29];
                } else {
                  vErrors.push(err29);
                }
                errors++;
              }
              if (typeof data18 == "number" && isFinite(data18)) {
                if (data18 > 65535 || isNaN(data18)) {
                  const err30 = { instancePath: instancePath + "/metrics/" + i4 + "/port", schemaPath: "#/properties/metrics/items/properties/port/maximum", keyword: "maximum", params: { comparison: "<=", limit: 65535 }, message: "must be <= 65535" };
                  if (vErrors === null) {
                    vErrors = [err30];
                  } else {
                    vErrors.push(err30);
                  }
                  errors++;
                }
                if (data18 < 1 || isNaN(data18)) {
                  const err31 = { instancePath: instancePath + "/metrics/" + i4 + "/port", schemaPath: "#/properties/metrics/items/properties/port/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
                  if (vErrors === null) {
                    vErrors = [err31];
                  } else {
                    vErrors.push(err31);
                  }
                  errors++;
                }
              }
            }
            if (data16.path !== void 0) {
              let data19 = data16.path;
              if (typeof data19 === "string") {
                if (!pattern15.test(data19)) {
                  const err32 = { instancePath: instancePath + "/metrics/" + i4 + "/path", schemaPath: "#/properties/metrics/items/properties/path/pattern", keyword: "pattern", params: { pattern: "^/[!-~]{0,511}$" }, message: 'must match pattern "^/[!-~]{0,511}$"' };
                  if (vErrors === null) {
                    vErrors = [err32];
                  } else {
                    vErrors.push(err32);
                  }
                  errors++;
                }
              } else {
                const err33 = { instancePath: instancePath + "/metrics/" + i4 + "/path", schemaPath: "#/properties/metrics/items/properties/path/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err33];
                } else {
                  vErrors.push(err33);
                }
                errors++;
              }
            }
            if (data16.interval !== void 0) {
              if (!validate46(data16.interval, { instancePath: instancePath + "/metrics/" + i4 + "/interval", parentData: data16, parentDataProperty: "interval", rootData })) {
                vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
                errors = vErrors.length;
              }
            }
          } else {
            const err34 = { instancePath: instancePath + "/metrics/" + i4, schemaPath: "#/properties/metrics/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err34];
            } else {
              vErrors.push(err34);
            }
            errors++;
          }
        }
      } else {
        const err35 = { instancePath: instancePath + "/metrics", schemaPath: "#/properties/metrics/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err35];
        } else {
          vErrors.push(err35);
        }
        errors++;
      }
    }
  } else {
    const err36 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err36];
    } else {
      vErrors.push(err36);
    }
    errors++;
  }
  validate37.errors = vErrors;
  return errors === 0;
}
var device = validate56;
var schema21 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://towline.dev/schemas/v1/device.schema.json", "title": "Device", "description": "devices/**/<id>.yaml: one device. The file's name is its id.", "type": "object", "additionalProperties": false, "required": ["apiVersion"], "properties": { "apiVersion": { "$ref": "https://towline.dev/schemas/v1/common.apiVersion.schema.json" }, "description": { "description": "For people.", "type": "string", "maxLength": 1e3 }, "groups": { "description": "Groups this device is in.", "type": "array", "maxItems": 32, "uniqueItems": true, "items": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json" } }, "labels": { "$ref": "https://towline.dev/schemas/v1/common.labels.schema.json" }, "keys": { "description": "Public halves of the keys that were made on the device.", "type": "object", "additionalProperties": false, "required": ["tls", "ssh"], "properties": { "tls": { "description": "SubjectPublicKeyInfo of its P-256 key, base64 of the DER form: mutual TLS.", "type": "string", "pattern": "^[A-Za-z0-9+/]+=*$", "maxLength": 2048 }, "ssh": { "$ref": "https://towline.dev/schemas/v1/common.sshPublicKey.schema.json", "description": "Its Ed25519 key: tunnels, and the signature on its status commits." }, "registry": { "description": "SubjectPublicKeyInfo of the P-256 key of its engine, base64 of the DER form: it may pull images through the gateway, and nothing else (`towline agent certs-d`).", "type": "string", "pattern": "^[A-Za-z0-9+/]+=*$", "maxLength": 2048 }, "openpgp": { "description": "Its OpenPGP public key, armored: a recipient of its secrets.", "type": "string", "maxLength": 16384 } } }, "hostKeys": { "description": "SSH host keys of the device's own sshd, for known_hosts files.", "type": "array", "maxItems": 8, "items": { "$ref": "https://towline.dev/schemas/v1/common.sshPublicKey.schema.json" } }, "enrolment": { "description": "Until the device is accepted. `towline device accept` removes it.", "type": "object", "additionalProperties": false, "required": ["key", "expires"], "properties": { "key": { "$ref": "https://towline.dev/schemas/v1/common.sshPublicKey.schema.json", "description": "Public half of the one-time key in the token." }, "expires": { "$ref": "https://towline.dev/schemas/v1/common.instant.schema.json", "description": "After this time the token is worth nothing." } } }, "revoked": { "description": "These keys are never accepted again.", "type": "boolean", "default": false }, "retired": { "description": "The device leaves the fleet: it does this with its apps, says so once more, and is silent. Nothing narrower than a rule for the whole file covers it.", "type": "object", "additionalProperties": false, "required": ["apps"], "properties": { "apps": { "description": "stop: containers stay, stopped. remove: containers and networks go, volumes stay. remove-with-volumes: they go, too, and what apps wrote beside them.", "oneOf": [{ "type": "string", "enum": ["stop", "remove"] }, { "type": "object", "additionalProperties": false, "required": ["remove-with-volumes"], "properties": { "remove-with-volumes": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json", "description": "This device's id once more: what it holds is gone for good." } } }] } } }, "apps": { "$ref": "https://towline.dev/schemas/v1/common.apps.schema.json" }, "variables": { "$ref": "https://towline.dev/schemas/v1/common.variables.schema.json" }, "windows": { "description": "Maintenance windows.", "type": "array", "maxItems": 32, "items": { "$ref": "https://towline.dev/schemas/v1/common.window.schema.json" } }, "tunnel": { "$ref": "https://towline.dev/schemas/v1/common.tunnel.schema.json" }, "access": { "$ref": "https://towline.dev/schemas/v1/common.access.schema.json" }, "paused": { "description": "This device leaves what runs as it is.", "type": "boolean" }, "engine": { "$ref": "https://towline.dev/schemas/v1/common.engineAllowance.schema.json" }, "images": { "$ref": "https://towline.dev/schemas/v1/common.imagesSettings.schema.json" }, "registryCredentials": { "$ref": "https://towline.dev/schemas/v1/common.registryCredentials.schema.json" }, "telemetry": { "description": "What these devices send back, where it is not what fleet.yaml says.", "type": "object", "additionalProperties": false, "properties": { "metrics": { "$ref": "https://towline.dev/schemas/v1/common.metricsSettings.schema.json" } } }, "requires": { "$ref": "https://towline.dev/schemas/v1/common.requires.schema.json" } }, "examples": [{ "apiVersion": "towline/v1", "groups": ["eu"], "labels": { "site": "berlin" }, "tunnel": "closed" }] };
var pattern16 = new RegExp("^[a-z0-9]([a-z0-9./-]{0,61}[a-z0-9])?$", "u");
function validate59(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (Object.keys(data).length > 64) {
      const err0 = { instancePath, schemaPath: "#/maxProperties", keyword: "maxProperties", params: { limit: 64 }, message: "must NOT have more than 64 properties" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    for (const key0 in data) {
      const _errs1 = errors;
      if (typeof key0 === "string") {
        if (!pattern16.test(key0)) {
          const err1 = { instancePath, schemaPath: "#/propertyNames/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9]([a-z0-9./-]{0,61}[a-z0-9])?$" }, message: 'must match pattern "^[a-z0-9]([a-z0-9./-]{0,61}[a-z0-9])?$"', propertyName: key0 };
          if (vErrors === null) {
            vErrors = [err1];
          } else {
            vErrors.push(err1);
          }
          errors++;
        }
      }
      var valid0 = _errs1 === errors;
      if (!valid0) {
        const err2 = { instancePath, schemaPath: "#/propertyNames", keyword: "propertyNames", params: { propertyName: key0 }, message: "property name must be valid" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    for (const key1 in data) {
      let data0 = data[key1];
      if (typeof data0 === "string") {
        if (func3(data0) > 256) {
          const err3 = { instancePath: instancePath + "/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/additionalProperties/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
      } else {
        const err4 = { instancePath: instancePath + "/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/additionalProperties/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
  } else {
    const err5 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err5];
    } else {
      vErrors.push(err5);
    }
    errors++;
  }
  validate59.errors = vErrors;
  return errors === 0;
}
var pattern19 = new RegExp("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?Z$", "u");
function validate64(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (!pattern19.test(data)) {
      const err0 = { instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?Z$" }, message: 'must match pattern "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?Z$"' };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
  } else {
    const err1 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err1];
    } else {
      vErrors.push(err1);
    }
    errors++;
  }
  validate64.errors = vErrors;
  return errors === 0;
}
var schema25 = { "description": "An app on a device.", "type": "object", "additionalProperties": false, "properties": { "release": { "$ref": "https://towline.dev/schemas/v1/common.version.schema.json" }, "pinned": { "description": "Why a device has a release of its own, and until when. In a device's own file, beside `release`: no rollout moves such a device, and after `until` it has what fleet.yaml and groups give.", "type": "object", "additionalProperties": false, "properties": { "until": { "$ref": "https://towline.dev/schemas/v1/common.instant.schema.json" }, "reason": { "description": "For people.", "type": "string", "maxLength": 500 } } }, "next": { "$ref": "https://towline.dev/schemas/v1/common.version.schema.json", "description": "A release whose images are brought to the disk before anybody switches to it. Nothing that runs is touched. Where it is the release as well, it says nothing." }, "variables": { "$ref": "https://towline.dev/schemas/v1/common.variables.schema.json" }, "secrets": { "$ref": "https://towline.dev/schemas/v1/common.secretFiles.schema.json" }, "paused": { "description": "Leave what runs as it is.", "type": "boolean", "default": false }, "absent": { "description": "A wider file assigns the app; this one takes it away.", "type": "boolean", "default": false }, "profiles": { "description": "Compose profiles that are on.", "type": "array", "items": { "type": "string", "maxLength": 128 } }, "retry": { "description": "Raise it to have a release tried again that was set aside.", "type": "integer", "minimum": 0, "default": 0 }, "update": { "$ref": "https://towline.dev/schemas/v1/common.update.schema.json" } }, "$id": "https://towline.dev/schemas/v1/common.appAssignment.schema.json" };
var pattern20 = new RegExp("^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$", "u");
function validate70(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (!pattern20.test(data)) {
      const err0 = { instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$" }, message: 'must match pattern "^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$"' };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
  } else {
    const err1 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err1];
    } else {
      vErrors.push(err1);
    }
    errors++;
  }
  validate70.errors = vErrors;
  return errors === 0;
}
function validate69(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!func2.call(schema25.properties, key0)) {
        const err0 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.release !== void 0) {
      if (!validate70(data.release, { instancePath: instancePath + "/release", parentData: data, parentDataProperty: "release", rootData })) {
        vErrors = vErrors === null ? validate70.errors : vErrors.concat(validate70.errors);
        errors = vErrors.length;
      }
    }
    if (data.pinned !== void 0) {
      let data1 = data.pinned;
      if (data1 && typeof data1 == "object" && !Array.isArray(data1)) {
        for (const key1 in data1) {
          if (!(key1 === "until" || key1 === "reason")) {
            const err1 = { instancePath: instancePath + "/pinned", schemaPath: "#/properties/pinned/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err1];
            } else {
              vErrors.push(err1);
            }
            errors++;
          }
        }
        if (data1.until !== void 0) {
          if (!validate64(data1.until, { instancePath: instancePath + "/pinned/until", parentData: data1, parentDataProperty: "until", rootData })) {
            vErrors = vErrors === null ? validate64.errors : vErrors.concat(validate64.errors);
            errors = vErrors.length;
          }
        }
        if (data1.reason !== void 0) {
          let data3 = data1.reason;
          if (typeof data3 === "string") {
            if (func3(data3) > 500) {
              const err2 = { instancePath: instancePath + "/pinned/reason", schemaPath: "#/properties/pinned/properties/reason/maxLength", keyword: "maxLength", params: { limit: 500 }, message: "must NOT have more than 500 characters" };
              if (vErrors === null) {
                vErrors = [err2];
              } else {
                vErrors.push(err2);
              }
              errors++;
            }
          } else {
            const err3 = { instancePath: instancePath + "/pinned/reason", schemaPath: "#/properties/pinned/properties/reason/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err3];
            } else {
              vErrors.push(err3);
            }
            errors++;
          }
        }
      } else {
        const err4 = { instancePath: instancePath + "/pinned", schemaPath: "#/properties/pinned/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.next !== void 0) {
      if (!validate70(data.next, { instancePath: instancePath + "/next", parentData: data, parentDataProperty: "next", rootData })) {
        vErrors = vErrors === null ? validate70.errors : vErrors.concat(validate70.errors);
        errors = vErrors.length;
      }
    }
    if (data.variables !== void 0) {
      if (!validate39(data.variables, { instancePath: instancePath + "/variables", parentData: data, parentDataProperty: "variables", rootData })) {
        vErrors = vErrors === null ? validate39.errors : vErrors.concat(validate39.errors);
        errors = vErrors.length;
      }
    }
    if (data.secrets !== void 0) {
      if (!validate41(data.secrets, { instancePath: instancePath + "/secrets", parentData: data, parentDataProperty: "secrets", rootData })) {
        vErrors = vErrors === null ? validate41.errors : vErrors.concat(validate41.errors);
        errors = vErrors.length;
      }
    }
    if (data.paused !== void 0) {
      if (typeof data.paused !== "boolean") {
        const err5 = { instancePath: instancePath + "/paused", schemaPath: "#/properties/paused/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.absent !== void 0) {
      if (typeof data.absent !== "boolean") {
        const err6 = { instancePath: instancePath + "/absent", schemaPath: "#/properties/absent/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.profiles !== void 0) {
      let data9 = data.profiles;
      if (Array.isArray(data9)) {
        const len0 = data9.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data10 = data9[i0];
          if (typeof data10 === "string") {
            if (func3(data10) > 128) {
              const err7 = { instancePath: instancePath + "/profiles/" + i0, schemaPath: "#/properties/profiles/items/maxLength", keyword: "maxLength", params: { limit: 128 }, message: "must NOT have more than 128 characters" };
              if (vErrors === null) {
                vErrors = [err7];
              } else {
                vErrors.push(err7);
              }
              errors++;
            }
          } else {
            const err8 = { instancePath: instancePath + "/profiles/" + i0, schemaPath: "#/properties/profiles/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err8];
            } else {
              vErrors.push(err8);
            }
            errors++;
          }
        }
      } else {
        const err9 = { instancePath: instancePath + "/profiles", schemaPath: "#/properties/profiles/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.retry !== void 0) {
      let data11 = data.retry;
      if (!(typeof data11 == "number" && (!(data11 % 1) && !isNaN(data11)) && isFinite(data11))) {
        const err10 = { instancePath: instancePath + "/retry", schemaPath: "#/properties/retry/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
      if (typeof data11 == "number" && isFinite(data11)) {
        if (data11 < 0 || isNaN(data11)) {
          const err11 = { instancePath: instancePath + "/retry", schemaPath: "#/properties/retry/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err11];
          } else {
            vErrors.push(err11);
          }
          errors++;
        }
      }
    }
    if (data.update !== void 0) {
      if (!validate45(data.update, { instancePath: instancePath + "/update", parentData: data, parentDataProperty: "update", rootData })) {
        vErrors = vErrors === null ? validate45.errors : vErrors.concat(validate45.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err12 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err12];
    } else {
      vErrors.push(err12);
    }
    errors++;
  }
  validate69.errors = vErrors;
  return errors === 0;
}
function validate67(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (Object.keys(data).length > 128) {
      const err0 = { instancePath, schemaPath: "#/maxProperties", keyword: "maxProperties", params: { limit: 128 }, message: "must NOT have more than 128 properties" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    for (const key0 in data) {
      const _errs1 = errors;
      if (!validate24(key0, { instancePath, parentData: data, parentDataProperty, rootData })) {
        vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
        errors = vErrors.length;
      }
      var valid0 = _errs1 === errors;
      if (!valid0) {
        const err1 = { instancePath, schemaPath: "#/propertyNames", keyword: "propertyNames", params: { propertyName: key0 }, message: "property name must be valid" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    for (const key1 in data) {
      if (!validate69(data[key1], { instancePath: instancePath + "/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data, parentDataProperty: key1, rootData })) {
        vErrors = vErrors === null ? validate69.errors : vErrors.concat(validate69.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err2 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err2];
    } else {
      vErrors.push(err2);
    }
    errors++;
  }
  validate67.errors = vErrors;
  return errors === 0;
}
var schema27 = { "description": "A time in which updates may be applied, or images downloaded.", "type": "object", "additionalProperties": false, "required": ["start", "duration", "timeZone"], "properties": { "start": { "$ref": "https://towline.dev/schemas/v1/common.cron.schema.json", "description": "When the window opens, each time." }, "duration": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "description": "How long it stays open." }, "timeZone": { "description": "IANA time zone.", "type": "string", "examples": ["Europe/Berlin"] }, "kind": { "description": "update: what runs may be changed, and images may come. download: images alone. Where there is a window of either kind, images come in windows only; where there is none of kind update, what runs is changed at any time.", "type": "string", "enum": ["update", "download"], "default": "update" } }, "$id": "https://towline.dev/schemas/v1/common.window.schema.json" };
var pattern21 = new RegExp("^\\S+( \\S+){4,5}$", "u");
function validate81(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (!pattern21.test(data)) {
      const err0 = { instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^\\S+( \\S+){4,5}$" }, message: 'must match pattern "^\\S+( \\S+){4,5}$"' };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
  } else {
    const err1 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err1];
    } else {
      vErrors.push(err1);
    }
    errors++;
  }
  validate81.errors = vErrors;
  return errors === 0;
}
function validate80(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.start === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "start" }, message: "must have required property 'start'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.duration === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "duration" }, message: "must have required property 'duration'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.timeZone === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "timeZone" }, message: "must have required property 'timeZone'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "start" || key0 === "duration" || key0 === "timeZone" || key0 === "kind")) {
        const err3 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.start !== void 0) {
      if (!validate81(data.start, { instancePath: instancePath + "/start", parentData: data, parentDataProperty: "start", rootData })) {
        vErrors = vErrors === null ? validate81.errors : vErrors.concat(validate81.errors);
        errors = vErrors.length;
      }
    }
    if (data.duration !== void 0) {
      if (!validate46(data.duration, { instancePath: instancePath + "/duration", parentData: data, parentDataProperty: "duration", rootData })) {
        vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
        errors = vErrors.length;
      }
    }
    if (data.timeZone !== void 0) {
      if (typeof data.timeZone !== "string") {
        const err4 = { instancePath: instancePath + "/timeZone", schemaPath: "#/properties/timeZone/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      let data3 = data.kind;
      if (typeof data3 !== "string") {
        const err5 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
      if (!(data3 === "update" || data3 === "download")) {
        const err6 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/enum", keyword: "enum", params: { allowedValues: schema27.properties.kind.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
  } else {
    const err7 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err7];
    } else {
      vErrors.push(err7);
    }
    errors++;
  }
  validate80.errors = vErrors;
  return errors === 0;
}
var schema29 = { "description": "Whether people can reach this device: open or closed, or the long form.", "oneOf": [{ "type": "string", "enum": ["open", "closed"] }, { "type": "object", "additionalProperties": false, "required": ["state"], "properties": { "state": { "description": "open or closed.", "type": "string", "enum": ["open", "closed"] }, "until": { "$ref": "https://towline.dev/schemas/v1/common.instant.schema.json", "description": "When it closes by itself, at the latest; `tunnels.maxDuration` of fleet.yaml bounds it." }, "reason": { "description": "Why it is open; stands in the status and in the audit log.", "type": "string", "maxLength": 500 }, "targets": { "description": "What can be reached. Without it: ssh, at 127.0.0.1:22.", "type": "array", "minItems": 1, "maxItems": 16, "items": { "$ref": "https://towline.dev/schemas/v1/common.tunnelTarget.schema.json" } }, "allow": { "description": "Operators by name who may come in. Without it: everyone whose own file reaches this device.", "type": "array", "items": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json" } } } }], "examples": ["open"], "$id": "https://towline.dev/schemas/v1/common.tunnel.schema.json" };
function validate87(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.name === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "name" }, message: "must have required property 'name'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.port === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "port" }, message: "must have required property 'port'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "name" || key0 === "host" || key0 === "port")) {
        const err2 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.name !== void 0) {
      if (!validate24(data.name, { instancePath: instancePath + "/name", parentData: data, parentDataProperty: "name", rootData })) {
        vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
        errors = vErrors.length;
      }
    }
    if (data.host !== void 0) {
      let data1 = data.host;
      if (typeof data1 === "string") {
        if (func3(data1) > 253) {
          const err3 = { instancePath: instancePath + "/host", schemaPath: "#/properties/host/maxLength", keyword: "maxLength", params: { limit: 253 }, message: "must NOT have more than 253 characters" };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
      } else {
        const err4 = { instancePath: instancePath + "/host", schemaPath: "#/properties/host/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.port !== void 0) {
      let data2 = data.port;
      if (!(typeof data2 == "number" && (!(data2 % 1) && !isNaN(data2)) && isFinite(data2))) {
        const err5 = { instancePath: instancePath + "/port", schemaPath: "#/properties/port/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
      if (typeof data2 == "number" && isFinite(data2)) {
        if (data2 > 65535 || isNaN(data2)) {
          const err6 = { instancePath: instancePath + "/port", schemaPath: "#/properties/port/maximum", keyword: "maximum", params: { comparison: "<=", limit: 65535 }, message: "must be <= 65535" };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
        if (data2 < 1 || isNaN(data2)) {
          const err7 = { instancePath: instancePath + "/port", schemaPath: "#/properties/port/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
      }
    }
  } else {
    const err8 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err8];
    } else {
      vErrors.push(err8);
    }
    errors++;
  }
  validate87.errors = vErrors;
  return errors === 0;
}
function validate85(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const _errs0 = errors;
  let valid0 = false;
  let passing0 = null;
  const _errs1 = errors;
  if (typeof data !== "string") {
    const err0 = { instancePath, schemaPath: "#/oneOf/0/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  if (!(data === "open" || data === "closed")) {
    const err1 = { instancePath, schemaPath: "#/oneOf/0/enum", keyword: "enum", params: { allowedValues: schema29.oneOf[0].enum }, message: "must be equal to one of the allowed values" };
    if (vErrors === null) {
      vErrors = [err1];
    } else {
      vErrors.push(err1);
    }
    errors++;
  }
  var _valid0 = _errs1 === errors;
  if (_valid0) {
    valid0 = true;
    passing0 = 0;
  }
  const _errs3 = errors;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.state === void 0) {
      const err2 = { instancePath, schemaPath: "#/oneOf/1/required", keyword: "required", params: { missingProperty: "state" }, message: "must have required property 'state'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "state" || key0 === "until" || key0 === "reason" || key0 === "targets" || key0 === "allow")) {
        const err3 = { instancePath, schemaPath: "#/oneOf/1/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.state !== void 0) {
      let data0 = data.state;
      if (typeof data0 !== "string") {
        const err4 = { instancePath: instancePath + "/state", schemaPath: "#/oneOf/1/properties/state/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
      if (!(data0 === "open" || data0 === "closed")) {
        const err5 = { instancePath: instancePath + "/state", schemaPath: "#/oneOf/1/properties/state/enum", keyword: "enum", params: { allowedValues: schema29.oneOf[1].properties.state.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.until !== void 0) {
      if (!validate64(data.until, { instancePath: instancePath + "/until", parentData: data, parentDataProperty: "until", rootData })) {
        vErrors = vErrors === null ? validate64.errors : vErrors.concat(validate64.errors);
        errors = vErrors.length;
      }
    }
    if (data.reason !== void 0) {
      let data2 = data.reason;
      if (typeof data2 === "string") {
        if (func3(data2) > 500) {
          const err6 = { instancePath: instancePath + "/reason", schemaPath: "#/oneOf/1/properties/reason/maxLength", keyword: "maxLength", params: { limit: 500 }, message: "must NOT have more than 500 characters" };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
      } else {
        const err7 = { instancePath: instancePath + "/reason", schemaPath: "#/oneOf/1/properties/reason/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.targets !== void 0) {
      let data3 = data.targets;
      if (Array.isArray(data3)) {
        if (data3.length > 16) {
          const err8 = { instancePath: instancePath + "/targets", schemaPath: "#/oneOf/1/properties/targets/maxItems", keyword: "maxItems", params: { limit: 16 }, message: "must NOT have more than 16 items" };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
        if (data3.length < 1) {
          const err9 = { instancePath: instancePath + "/targets", schemaPath: "#/oneOf/1/properties/targets/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
          if (vErrors === null) {
            vErrors = [err9];
          } else {
            vErrors.push(err9);
          }
          errors++;
        }
        const len0 = data3.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (!validate87(data3[i0], { instancePath: instancePath + "/targets/" + i0, parentData: data3, parentDataProperty: i0, rootData })) {
            vErrors = vErrors === null ? validate87.errors : vErrors.concat(validate87.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err10 = { instancePath: instancePath + "/targets", schemaPath: "#/oneOf/1/properties/targets/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.allow !== void 0) {
      let data5 = data.allow;
      if (Array.isArray(data5)) {
        const len1 = data5.length;
        for (let i1 = 0; i1 < len1; i1++) {
          if (!validate24(data5[i1], { instancePath: instancePath + "/allow/" + i1, parentData: data5, parentDataProperty: i1, rootData })) {
            vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err11 = { instancePath: instancePath + "/allow", schemaPath: "#/oneOf/1/properties/allow/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
  } else {
    const err12 = { instancePath, schemaPath: "#/oneOf/1/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err12];
    } else {
      vErrors.push(err12);
    }
    errors++;
  }
  var _valid0 = _errs3 === errors;
  if (_valid0 && valid0) {
    valid0 = false;
    passing0 = [passing0, 1];
  } else {
    if (_valid0) {
      valid0 = true;
      passing0 = 1;
    }
  }
  if (!valid0) {
    const err13 = { instancePath, schemaPath: "#/oneOf", keyword: "oneOf", params: { passingSchemas: passing0 }, message: "must match exactly one schema in oneOf" };
    if (vErrors === null) {
      vErrors = [err13];
    } else {
      vErrors.push(err13);
    }
    errors++;
  } else {
    errors = _errs0;
    if (vErrors !== null) {
      if (_errs0) {
        vErrors.length = _errs0;
      } else {
        vErrors = null;
      }
    }
  }
  validate85.errors = vErrors;
  return errors === 0;
}
var schema31 = { "description": "What a person finds behind an open tunnel: all that widens access. Of each key, the narrowest file that gives it counts.", "type": "object", "additionalProperties": false, "properties": { "targets": { "description": "TCP places that can be reached. Without it: ssh, at 127.0.0.1:22 of the device.", "type": "array", "maxItems": 16, "items": { "$ref": "https://towline.dev/schemas/v1/common.tunnelTarget.schema.json" } }, "services": { "description": "Containers that a person may enter, through the agent's own SSH server. Without it: none.", "type": "array", "maxItems": 64, "items": { "$ref": "https://towline.dev/schemas/v1/common.enteredService.schema.json" } }, "logins": { "description": "Accounts at the device's own sshd for which `AuthorizedKeysCommand` lets operators in. Without it: none.", "type": "array", "maxItems": 64, "items": { "$ref": "https://towline.dev/schemas/v1/common.hostLogin.schema.json" } }, "record": { "description": "Terminal sessions at the agent's server: `off`; `on`; `required`, which refuses every way that cannot be recorded, and ends a session whose recording cannot be kept.", "type": "string", "enum": ["off", "on", "required"], "default": "off" }, "certificates": { "description": "Whether this device lets in by a certificate of the gateway's signer. Its owner, and that of the identity provider, can then come in as any operator who has `oidc`.", "type": "boolean", "default": false }, "viaGateway": { "description": "Who may have the gateway end their session, `ssh web+pump-17@gw`. Its owner then sees the session, and can type in it. Without it: nobody.", "type": "object", "additionalProperties": false, "required": ["operators", "services"], "properties": { "operators": { "description": "Operators by name.", "type": "array", "maxItems": 256, "items": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json" } }, "services": { "description": "Of those in `services`: `app.service`.", "type": "array", "maxItems": 64, "items": { "$ref": "https://towline.dev/schemas/v1/common.serviceName.schema.json" } } } }, "port": { "description": "The device's own port at the gateway, from `tunnels.ports` of fleet.yaml. It leads to the agent's SSH server.", "type": "integer", "minimum": 1024, "maximum": 65535 }, "share": { "description": "Whether who is in may make a read-only link for guests. The gateway then sees the screen.", "type": "boolean", "default": false }, "auditors": { "description": "OpenPGP public keys, armored, to which recordings are encrypted.", "type": "array", "maxItems": 16, "items": { "type": "string", "maxLength": 65536 } } }, "examples": [{ "services": [{ "app": "web", "service": "api", "user": "1000" }], "logins": [{ "user": "admin", "operators": ["alice"] }], "record": "on" }], "$id": "https://towline.dev/schemas/v1/common.access.schema.json" };
var pattern22 = new RegExp("^[A-Za-z0-9][A-Za-z0-9._-]*$", "u");
var pattern23 = new RegExp("^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$", "u");
function validate94(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.app === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "app" }, message: "must have required property 'app'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.service === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "service" }, message: "must have required property 'service'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "app" || key0 === "service" || key0 === "user" || key0 === "operators")) {
        const err2 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.app !== void 0) {
      if (!validate24(data.app, { instancePath: instancePath + "/app", parentData: data, parentDataProperty: "app", rootData })) {
        vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
        errors = vErrors.length;
      }
    }
    if (data.service !== void 0) {
      let data1 = data.service;
      if (typeof data1 === "string") {
        if (func3(data1) > 63) {
          const err3 = { instancePath: instancePath + "/service", schemaPath: "#/properties/service/maxLength", keyword: "maxLength", params: { limit: 63 }, message: "must NOT have more than 63 characters" };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
        if (!pattern22.test(data1)) {
          const err4 = { instancePath: instancePath + "/service", schemaPath: "#/properties/service/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$" }, message: 'must match pattern "^[A-Za-z0-9][A-Za-z0-9._-]*$"' };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
      } else {
        const err5 = { instancePath: instancePath + "/service", schemaPath: "#/properties/service/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.user !== void 0) {
      let data2 = data.user;
      if (typeof data2 === "string") {
        if (func3(data2) > 64) {
          const err6 = { instancePath: instancePath + "/user", schemaPath: "#/properties/user/maxLength", keyword: "maxLength", params: { limit: 64 }, message: "must NOT have more than 64 characters" };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
        if (!pattern23.test(data2)) {
          const err7 = { instancePath: instancePath + "/user", schemaPath: "#/properties/user/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$" }, message: 'must match pattern "^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$"' };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
      } else {
        const err8 = { instancePath: instancePath + "/user", schemaPath: "#/properties/user/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.operators !== void 0) {
      let data3 = data.operators;
      if (Array.isArray(data3)) {
        if (data3.length > 256) {
          const err9 = { instancePath: instancePath + "/operators", schemaPath: "#/properties/operators/maxItems", keyword: "maxItems", params: { limit: 256 }, message: "must NOT have more than 256 items" };
          if (vErrors === null) {
            vErrors = [err9];
          } else {
            vErrors.push(err9);
          }
          errors++;
        }
        const len0 = data3.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (!validate24(data3[i0], { instancePath: instancePath + "/operators/" + i0, parentData: data3, parentDataProperty: i0, rootData })) {
            vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err10 = { instancePath: instancePath + "/operators", schemaPath: "#/properties/operators/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
  } else {
    const err11 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err11];
    } else {
      vErrors.push(err11);
    }
    errors++;
  }
  validate94.errors = vErrors;
  return errors === 0;
}
var pattern24 = new RegExp("^[a-z_][a-z0-9_-]*\\$?$", "u");
function validate98(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.user === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "user" }, message: "must have required property 'user'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "user" || key0 === "operators")) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.user !== void 0) {
      let data0 = data.user;
      if (typeof data0 === "string") {
        if (func3(data0) > 32) {
          const err2 = { instancePath: instancePath + "/user", schemaPath: "#/properties/user/maxLength", keyword: "maxLength", params: { limit: 32 }, message: "must NOT have more than 32 characters" };
          if (vErrors === null) {
            vErrors = [err2];
          } else {
            vErrors.push(err2);
          }
          errors++;
        }
        if (!pattern24.test(data0)) {
          const err3 = { instancePath: instancePath + "/user", schemaPath: "#/properties/user/pattern", keyword: "pattern", params: { pattern: "^[a-z_][a-z0-9_-]*\\$?$" }, message: 'must match pattern "^[a-z_][a-z0-9_-]*\\$?$"' };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
      } else {
        const err4 = { instancePath: instancePath + "/user", schemaPath: "#/properties/user/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.operators !== void 0) {
      let data1 = data.operators;
      if (Array.isArray(data1)) {
        if (data1.length > 256) {
          const err5 = { instancePath: instancePath + "/operators", schemaPath: "#/properties/operators/maxItems", keyword: "maxItems", params: { limit: 256 }, message: "must NOT have more than 256 items" };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
        const len0 = data1.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (!validate24(data1[i0], { instancePath: instancePath + "/operators/" + i0, parentData: data1, parentDataProperty: i0, rootData })) {
            vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err6 = { instancePath: instancePath + "/operators", schemaPath: "#/properties/operators/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
  } else {
    const err7 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err7];
    } else {
      vErrors.push(err7);
    }
    errors++;
  }
  validate98.errors = vErrors;
  return errors === 0;
}
var pattern25 = new RegExp("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.[A-Za-z0-9][A-Za-z0-9._-]*$", "u");
function validate102(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (func3(data) > 128) {
      const err0 = { instancePath, schemaPath: "#/maxLength", keyword: "maxLength", params: { limit: 128 }, message: "must NOT have more than 128 characters" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (!pattern25.test(data)) {
      const err1 = { instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.[A-Za-z0-9][A-Za-z0-9._-]*$" }, message: 'must match pattern "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.[A-Za-z0-9][A-Za-z0-9._-]*$"' };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
  } else {
    const err2 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err2];
    } else {
      vErrors.push(err2);
    }
    errors++;
  }
  validate102.errors = vErrors;
  return errors === 0;
}
function validate92(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!func2.call(schema31.properties, key0)) {
        const err0 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.targets !== void 0) {
      let data0 = data.targets;
      if (Array.isArray(data0)) {
        if (data0.length > 16) {
          const err1 = { instancePath: instancePath + "/targets", schemaPath: "#/properties/targets/maxItems", keyword: "maxItems", params: { limit: 16 }, message: "must NOT have more than 16 items" };
          if (vErrors === null) {
            vErrors = [err1];
          } else {
            vErrors.push(err1);
          }
          errors++;
        }
        const len0 = data0.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (!validate87(data0[i0], { instancePath: instancePath + "/targets/" + i0, parentData: data0, parentDataProperty: i0, rootData })) {
            vErrors = vErrors === null ? validate87.errors : vErrors.concat(validate87.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err2 = { instancePath: instancePath + "/targets", schemaPath: "#/properties/targets/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.services !== void 0) {
      let data2 = data.services;
      if (Array.isArray(data2)) {
        if (data2.length > 64) {
          const err3 = { instancePath: instancePath + "/services", schemaPath: "#/properties/services/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
        const len1 = data2.length;
        for (let i1 = 0; i1 < len1; i1++) {
          if (!validate94(data2[i1], { instancePath: instancePath + "/services/" + i1, parentData: data2, parentDataProperty: i1, rootData })) {
            vErrors = vErrors === null ? validate94.errors : vErrors.concat(validate94.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err4 = { instancePath: instancePath + "/services", schemaPath: "#/properties/services/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.logins !== void 0) {
      let data4 = data.logins;
      if (Array.isArray(data4)) {
        if (data4.length > 64) {
          const err5 = { instancePath: instancePath + "/logins", schemaPath: "#/properties/logins/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
        const len2 = data4.length;
        for (let i2 = 0; i2 < len2; i2++) {
          if (!validate98(data4[i2], { instancePath: instancePath + "/logins/" + i2, parentData: data4, parentDataProperty: i2, rootData })) {
            vErrors = vErrors === null ? validate98.errors : vErrors.concat(validate98.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err6 = { instancePath: instancePath + "/logins", schemaPath: "#/properties/logins/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.record !== void 0) {
      let data6 = data.record;
      if (typeof data6 !== "string") {
        const err7 = { instancePath: instancePath + "/record", schemaPath: "#/properties/record/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
      if (!(data6 === "off" || data6 === "on" || data6 === "required")) {
        const err8 = { instancePath: instancePath + "/record", schemaPath: "#/properties/record/enum", keyword: "enum", params: { allowedValues: schema31.properties.record.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.certificates !== void 0) {
      if (typeof data.certificates !== "boolean") {
        const err9 = { instancePath: instancePath + "/certificates", schemaPath: "#/properties/certificates/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.viaGateway !== void 0) {
      let data8 = data.viaGateway;
      if (data8 && typeof data8 == "object" && !Array.isArray(data8)) {
        if (data8.operators === void 0) {
          const err10 = { instancePath: instancePath + "/viaGateway", schemaPath: "#/properties/viaGateway/required", keyword: "required", params: { missingProperty: "operators" }, message: "must have required property 'operators'" };
          if (vErrors === null) {
            vErrors = [err10];
          } else {
            vErrors.push(err10);
          }
          errors++;
        }
        if (data8.services === void 0) {
          const err11 = { instancePath: instancePath + "/viaGateway", schemaPath: "#/properties/viaGateway/required", keyword: "required", params: { missingProperty: "services" }, message: "must have required property 'services'" };
          if (vErrors === null) {
            vErrors = [err11];
          } else {
            vErrors.push(err11);
          }
          errors++;
        }
        for (const key1 in data8) {
          if (!(key1 === "operators" || key1 === "services")) {
            const err12 = { instancePath: instancePath + "/viaGateway", schemaPath: "#/properties/viaGateway/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err12];
            } else {
              vErrors.push(err12);
            }
            errors++;
          }
        }
        if (data8.operators !== void 0) {
          let data9 = data8.operators;
          if (Array.isArray(data9)) {
            if (data9.length > 256) {
              const err13 = { instancePath: instancePath + "/viaGateway/operators", schemaPath: "#/properties/viaGateway/properties/operators/maxItems", keyword: "maxItems", params: { limit: 256 }, message: "must NOT have more than 256 items" };
              if (vErrors === null) {
                vErrors = [err13];
              } else {
                vErrors.push(err13);
              }
              errors++;
            }
            const len3 = data9.length;
            for (let i3 = 0; i3 < len3; i3++) {
              if (!validate24(data9[i3], { instancePath: instancePath + "/viaGateway/operators/" + i3, parentData: data9, parentDataProperty: i3, rootData })) {
                vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
                errors = vErrors.length;
              }
            }
          } else {
            const err14 = { instancePath: instancePath + "/viaGateway/operators", schemaPath: "#/properties/viaGateway/properties/operators/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err14];
            } else {
              vErrors.push(err14);
            }
            errors++;
          }
        }
        if (data8.services !== void 0) {
          let data11 = data8.services;
          if (Array.isArray(data11)) {
            if (data11.length > 64) {
              const err15 = { instancePath: instancePath + "/viaGateway/services", schemaPath: "#/properties/viaGateway/properties/services/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
              if (vErrors === null) {
                vErrors = [err15];
              } else {
                vErrors.push(err15);
              }
              errors++;
            }
            const len4 = data11.length;
            for (let i4 = 0; i4 < len4; i4++) {
              if (!validate102(data11[i4], { instancePath: instancePath + "/viaGateway/services/" + i4, parentData: data11, parentDataProperty: i4, rootData })) {
                vErrors = vErrors === null ? validate102.errors : vErrors.concat(validate102.errors);
                errors = vErrors.length;
              }
            }
          } else {
            const err16 = { instancePath: instancePath + "/viaGateway/services", schemaPath: "#/properties/viaGateway/properties/services/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err16];
            } else {
              vErrors.push(err16);
            }
            errors++;
          }
        }
      } else {
        const err17 = { instancePath: instancePath + "/viaGateway", schemaPath: "#/properties/viaGateway/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err17];
        } else {
          vErrors.push(err17);
        }
        errors++;
      }
    }
    if (data.port !== void 0) {
      let data13 = data.port;
      if (!(typeof data13 == "number" && (!(data13 % 1) && !isNaN(data13)) && isFinite(data13))) {
        const err18 = { instancePath: instancePath + "/port", schemaPath: "#/properties/port/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err18];
        } else {
          vErrors.push(err18);
        }
        errors++;
      }
      if (typeof data13 == "number" && isFinite(data13)) {
        if (data13 > 65535 || isNaN(data13)) {
          const err19 = { instancePath: instancePath + "/port", schemaPath: "#/properties/port/maximum", keyword: "maximum", params: { comparison: "<=", limit: 65535 }, message: "must be <= 65535" };
          if (vErrors === null) {
            vErrors = [err19];
          } else {
            vErrors.push(err19);
          }
          errors++;
        }
        if (data13 < 1024 || isNaN(data13)) {
          const err20 = { instancePath: instancePath + "/port", schemaPath: "#/properties/port/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1024 }, message: "must be >= 1024" };
          if (vErrors === null) {
            vErrors = [err20];
          } else {
            vErrors.push(err20);
          }
          errors++;
        }
      }
    }
    if (data.share !== void 0) {
      if (typeof data.share !== "boolean") {
        const err21 = { instancePath: instancePath + "/share", schemaPath: "#/properties/share/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err21];
        } else {
          vErrors.push(err21);
        }
        errors++;
      }
    }
    if (data.auditors !== void 0) {
      let data15 = data.auditors;
      if (Array.isArray(data15)) {
        if (data15.length > 16) {
          const err22 = { instancePath: instancePath + "/auditors", schemaPath: "#/properties/auditors/maxItems", keyword: "maxItems", params: { limit: 16 }, message: "must NOT have more than 16 items" };
          if (vErrors === null) {
            vErrors = [err22];
          } else {
            vErrors.push(err22);
          }
          errors++;
        }
        const len5 = data15.length;
        for (let i5 = 0; i5 < len5; i5++) {
          let data16 = data15[i5];
          if (typeof data16 === "string") {
            if (func3(data16) > 65536) {
              const err23 = { instancePath: instancePath + "/auditors/" + i5, schemaPath: "#/properties/auditors/items/maxLength", keyword: "maxLength", params: { limit: 65536 }, message: "must NOT have more than 65536 characters" };
              if (vErrors === null) {
                vErrors = [err23];
              } else {
                vErrors.push(err23);
              }
              errors++;
            }
          } else {
            const err24 = { instancePath: instancePath + "/auditors/" + i5, schemaPath: "#/properties/auditors/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err24];
            } else {
              vErrors.push(err24);
            }
            errors++;
          }
        }
      } else {
        const err25 = { instancePath: instancePath + "/auditors", schemaPath: "#/properties/auditors/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err25];
        } else {
          vErrors.push(err25);
        }
        errors++;
      }
    }
  } else {
    const err26 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err26];
    } else {
      vErrors.push(err26);
    }
    errors++;
  }
  validate92.errors = vErrors;
  return errors === 0;
}
var schema35 = { "description": "What Compose files may ask of the engine on these devices. Nothing of this is allowed unless it stands here; docs/reference/compose.md says which attribute needs which key.", "type": "object", "additionalProperties": false, "properties": { "privileged": { "description": "privileged, capabilities beyond the engine's own set, bind mounts below what a container could write to, and all that has no narrower key here. Whoever has it has the device.", "type": "boolean", "default": false }, "hostNamespaces": { "description": "network, pid, ipc, userns or uts of the host or of other containers, and its interfaces.", "type": "boolean", "default": false }, "devices": { "description": "Device files that may be handed in.", "type": "array", "maxItems": 64, "items": { "type": "string", "pattern": "^/dev/" } }, "bindRoots": { "description": "Folders of the device below which bind mounts may lie.", "type": "array", "maxItems": 64, "items": { "type": "string", "pattern": "^/" } }, "engineSocket": { "description": "The engine's own socket may be mounted. Whoever has it has the device.", "type": "boolean", "default": false }, "runtimes": { "description": "OCI runtimes that a service may name, as the engine knows them.", "type": "array", "maxItems": 64, "items": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$" } }, "logDrivers": { "description": "Log drivers beyond json-file, local and none. They send from the device itself, to any address that the app names.", "type": "array", "maxItems": 64, "items": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$" } }, "networkDrivers": { "description": "Drivers of networks and of their addresses beyond bridge and default, such as macvlan and ipvlan. They reach the network of the site.", "type": "array", "maxItems": 64, "items": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$" } }, "subnets": { "description": "Address ranges in which the networks of apps may choose theirs, such as 10.213.0.0/16. The device sends what goes there into the app's network.", "type": "array", "maxItems": 64, "items": { "type": "string", "pattern": "^[0-9a-fA-F:.]+/[0-9]{1,3}$" } }, "volumeDrivers": { "description": "Volume drivers beyond local.", "type": "array", "maxItems": 64, "items": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$" } }, "volumeTypes": { "description": "File systems of the network that volumes may mount, with the address and the rights of the device.", "type": "array", "maxItems": 64, "items": { "enum": ["nfs", "nfs4", "cifs", "smb3", "ceph", "9p"] } } }, "$id": "https://towline.dev/schemas/v1/common.engineAllowance.schema.json" };
var pattern26 = new RegExp("^/dev/", "u");
var pattern28 = new RegExp("^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$", "u");
var pattern31 = new RegExp("^[0-9a-fA-F:.]+/[0-9]{1,3}$", "u");
function validate105(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!func2.call(schema35.properties, key0)) {
        const err0 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.privileged !== void 0) {
      if (typeof data.privileged !== "boolean") {
        const err1 = { instancePath: instancePath + "/privileged", schemaPath: "#/properties/privileged/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.hostNamespaces !== void 0) {
      if (typeof data.hostNamespaces !== "boolean") {
        const err2 = { instancePath: instancePath + "/hostNamespaces", schemaPath: "#/properties/hostNamespaces/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.devices !== void 0) {
      let data2 = data.devices;
      if (Array.isArray(data2)) {
        if (data2.length > 64) {
          const err3 = { instancePath: instancePath + "/devices", schemaPath: "#/properties/devices/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
        const len0 = data2.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data3 = data2[i0];
          if (typeof data3 === "string") {
            if (!pattern26.test(data3)) {
              const err4 = { instancePath: instancePath + "/devices/" + i0, schemaPath: "#/properties/devices/items/pattern", keyword: "pattern", params: { pattern: "^/dev/" }, message: 'must match pattern "^/dev/"' };
              if (vErrors === null) {
                vErrors = [err4];
              } else {
                vErrors.push(err4);
              }
              errors++;
            }
          } else {
            const err5 = { instancePath: instancePath + "/devices/" + i0, schemaPath: "#/properties/devices/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err5];
            } else {
              vErrors.push(err5);
            }
            errors++;
          }
        }
      } else {
        const err6 = { instancePath: instancePath + "/devices", schemaPath: "#/properties/devices/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.bindRoots !== void 0) {
      let data4 = data.bindRoots;
      if (Array.isArray(data4)) {
        if (data4.length > 64) {
          const err7 = { instancePath: instancePath + "/bindRoots", schemaPath: "#/properties/bindRoots/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
        const len1 = data4.length;
        for (let i1 = 0; i1 < len1; i1++) {
          let data5 = data4[i1];
          if (typeof data5 === "string") {
            if (!pattern5.test(data5)) {
              const err8 = { instancePath: instancePath + "/bindRoots/" + i1, schemaPath: "#/properties/bindRoots/items/pattern", keyword: "pattern", params: { pattern: "^/" }, message: 'must match pattern "^/"' };
              if (vErrors === null) {
                vErrors = [err8];
              } else {
                vErrors.push(err8);
              }
              errors++;
            }
          } else {
            const err9 = { instancePath: instancePath + "/bindRoots/" + i1, schemaPath: "#/properties/bindRoots/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err9];
            } else {
              vErrors.push(err9);
            }
            errors++;
          }
        }
      } else {
        const err10 = { instancePath: instancePath + "/bindRoots", schemaPath: "#/properties/bindRoots/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.engineSocket !== void 0) {
      if (typeof data.engineSocket !== "boolean") {
        const err11 = { instancePath: instancePath + "/engineSocket", schemaPath: "#/properties/engineSocket/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.runtimes !== void 0) {
      let data7 = data.runtimes;
      if (Array.isArray(data7)) {
        if (data7.length > 64) {
          const err12 = { instancePath: instancePath + "/runtimes", schemaPath: "#/properties/runtimes/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
          if (vErrors === null) {
            vErrors = [err12];
          } else {
            vErrors.push(err12);
          }
          errors++;
        }
        const len2 = data7.length;
        for (let i2 = 0; i2 < len2; i2++) {
          let data8 = data7[i2];
          if (typeof data8 === "string") {
            if (!pattern28.test(data8)) {
              const err13 = { instancePath: instancePath + "/runtimes/" + i2, schemaPath: "#/properties/runtimes/items/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$" }, message: 'must match pattern "^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$"' };
              if (vErrors === null) {
                vErrors = [err13];
              } else {
                vErrors.push(err13);
              }
              errors++;
            }
          } else {
            const err14 = { instancePath: instancePath + "/runtimes/" + i2, schemaPath: "#/properties/runtimes/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err14];
            } else {
              vErrors.push(err14);
            }
            errors++;
          }
        }
      } else {
        const err15 = { instancePath: instancePath + "/runtimes", schemaPath: "#/properties/runtimes/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err15];
        } else {
          vErrors.push(err15);
        }
        errors++;
      }
    }
    if (data.logDrivers !== void 0) {
      let data9 = data.logDrivers;
      if (Array.isArray(data9)) {
        if (data9.length > 64) {
          const err16 = { instancePath: instancePath + "/logDrivers", schemaPath: "#/properties/logDrivers/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
          if (vErrors === null) {
            vErrors = [err16];
          } else {
            vErrors.push(err16);
          }
          errors++;
        }
        const len3 = data9.length;
        for (let i3 = 0; i3 < len3; i3++) {
          let data10 = data9[i3];
          if (typeof data10 === "string") {
            if (!pattern28.test(data10)) {
              const err17 = { instancePath: instancePath + "/logDrivers/" + i3, schemaPath: "#/properties/logDrivers/items/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$" }, message: 'must match pattern "^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$"' };
              if (vErrors === null) {
                vErrors = [err17];
              } else {
                vErrors.push(err17);
              }
              errors++;
            }
          } else {
            const err18 = { instancePath: instancePath + "/logDrivers/" + i3, schemaPath: "#/properties/logDrivers/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err18];
            } else {
              vErrors.push(err18);
            }
            errors++;
          }
        }
      } else {
        const err19 = { instancePath: instancePath + "/logDrivers", schemaPath: "#/properties/logDrivers/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err19];
        } else {
          vErrors.push(err19);
        }
        errors++;
      }
    }
    if (data.networkDrivers !== void 0) {
      let data11 = data.networkDrivers;
      if (Array.isArray(data11)) {
        if (data11.length > 64) {
          const err20 = { instancePath: instancePath + "/networkDrivers", schemaPath: "#/properties/networkDrivers/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
          if (vErrors === null) {
            vErrors = [err20];
          } else {
            vErrors.push(err20);
          }
          errors++;
        }
        const len4 = data11.length;
        for (let i4 = 0; i4 < len4; i4++) {
          let data12 = data11[i4];
          if (typeof data12 === "string") {
            if (!pattern28.test(data12)) {
              const err21 = { instancePath: instancePath + "/networkDrivers/" + i4, schemaPath: "#/properties/networkDrivers/items/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$" }, message: 'must match pattern "^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$"' };
              if (vErrors === null) {
                vErrors = [err21];
              } else {
                vErrors.push(err21);
              }
              errors++;
            }
          } else {
            const err22 = { instancePath: instancePath + "/networkDrivers/" + i4, schemaPath: "#/properties/networkDrivers/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err22];
            } else {
              vErrors.push(err22);
            }
            errors++;
          }
        }
      } else {
        const err23 = { instancePath: instancePath + "/networkDrivers", schemaPath: "#/properties/networkDrivers/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err23];
        } else {
          vErrors.push(err23);
        }
        errors++;
      }
    }
    if (data.subnets !== void 0) {
      let data13 = data.subnets;
      if (Array.isArray(data13)) {
        if (data13.length > 64) {
          const err24 = { instancePath: instancePath + "/subnets", schemaPath: "#/properties/subnets/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
          if (vErrors === null) {
            vErrors = [err24];
          } else {
            vErrors.push(err24);
          }
          errors++;
        }
        const len5 = data13.length;
        for (let i5 = 0; i5 < len5; i5++) {
          let data14 = data13[i5];
          if (typeof data14 === "string") {
            if (!pattern31.test(data14)) {
              const err25 = { instancePath: instancePath + "/subnets/" + i5, schemaPath: "#/properties/subnets/items/pattern", keyword: "pattern", params: { pattern: "^[0-9a-fA-F:.]+/[0-9]{1,3}$" }, message: 'must match pattern "^[0-9a-fA-F:.]+/[0-9]{1,3}$"' };
              if (vErrors === null) {
                vErrors = [err25];
              } else {
                vErrors.push(err25);
              }
              errors++;
            }
          } else {
            const err26 = { instancePath: instancePath + "/subnets/" + i5, schemaPath: "#/properties/subnets/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err26];
            } else {
              vErrors.push(err26);
            }
            errors++;
          }
        }
      } else {
        const err27 = { instancePath: instancePath + "/subnets", schemaPath: "#/properties/subnets/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err27];
        } else {
          vErrors.push(err27);
        }
        errors++;
      }
    }
    if (data.volumeDrivers !== void 0) {
      let data15 = data.volumeDrivers;
      if (Array.isArray(data15)) {
        if (data15.length > 64) {
          const err28 = { instancePath: instancePath + "/volumeDrivers", schemaPath: "#/properties/volumeDrivers/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
          if (vErrors === null) {
            vErrors = [err28];
          } else {
            vErrors.push(err28);
          }
          errors++;
        }
        const len6 = data15.length;
        for (let i6 = 0; i6 < len6; i6++) {
          let data16 = data15[i6];
          if (typeof data16 === "string") {
            if (!pattern28.test(data16)) {
              const err29 = { instancePath: instancePath + "/volumeDrivers/" + i6, schemaPath: "#/properties/volumeDrivers/items/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$" }, message: 'must match pattern "^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$"' };
              if (vErrors === null) {
                vErrors = [err29];
              } else {
                vErrors.push(err29);
              }
              errors++;
            }
          } else {
            const err30 = { instancePath: instancePath + "/volumeDrivers/" + i6, schemaPath: "#/properties/volumeDrivers/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err30];
            } else {
              vErrors.push(err30);
            }
            errors++;
          }
        }
      } else {
        const err31 = { instancePath: instancePath + "/volumeDrivers", schemaPath: "#/properties/volumeDrivers/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err31];
        } else {
          vErrors.push(err31);
        }
        errors++;
      }
    }
    if (data.volumeTypes !== void 0) {
      let data17 = data.volumeTypes;
      if (Array.isArray(data17)) {
        if (data17.length > 64) {
          const err32 = { instancePath: instancePath + "/volumeTypes", schemaPath: "#/properties/volumeTypes/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
          if (vErrors === null) {
            vErrors = [err32];
          } else {
            vErrors.push(err32);
          }
          errors++;
        }
        const len7 = data17.length;
        for (let i7 = 0; i7 < len7; i7++) {
          let data18 = data17[i7];
          if (!(data18 === "nfs" || data18 === "nfs4" || data18 === "cifs" || data18 === "smb3" || data18 === "ceph" || data18 === "9p")) {
            const err33 = { instancePath: instancePath + "/volumeTypes/" + i7, schemaPath: "#/properties/volumeTypes/items/enum", keyword: "enum", params: { allowedValues: schema35.properties.volumeTypes.items.enum }, message: "must be equal to one of the allowed values" };
            if (vErrors === null) {
              vErrors = [err33];
            } else {
              vErrors.push(err33);
            }
            errors++;
          }
        }
      } else {
        const err34 = { instancePath: instancePath + "/volumeTypes", schemaPath: "#/properties/volumeTypes/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err34];
        } else {
          vErrors.push(err34);
        }
        errors++;
      }
    }
  } else {
    const err35 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err35];
    } else {
      vErrors.push(err35);
    }
    errors++;
  }
  validate105.errors = vErrors;
  return errors === 0;
}
var pattern33 = new RegExp("^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?$", "u");
function validate107(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(key0 === "throughGateway" || key0 === "maxRate" || key0 === "jitter")) {
        const err0 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.throughGateway !== void 0) {
      let data0 = data.throughGateway;
      if (Array.isArray(data0)) {
        if (data0.length > 32) {
          const err1 = { instancePath: instancePath + "/throughGateway", schemaPath: "#/properties/throughGateway/maxItems", keyword: "maxItems", params: { limit: 32 }, message: "must NOT have more than 32 items" };
          if (vErrors === null) {
            vErrors = [err1];
          } else {
            vErrors.push(err1);
          }
          errors++;
        }
        const len0 = data0.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data1 = data0[i0];
          if (typeof data1 === "string") {
            if (func3(data1) > 255) {
              const err2 = { instancePath: instancePath + "/throughGateway/" + i0, schemaPath: "#/properties/throughGateway/items/maxLength", keyword: "maxLength", params: { limit: 255 }, message: "must NOT have more than 255 characters" };
              if (vErrors === null) {
                vErrors = [err2];
              } else {
                vErrors.push(err2);
              }
              errors++;
            }
            if (!pattern33.test(data1)) {
              const err3 = { instancePath: instancePath + "/throughGateway/" + i0, schemaPath: "#/properties/throughGateway/items/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?$" }, message: 'must match pattern "^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?$"' };
              if (vErrors === null) {
                vErrors = [err3];
              } else {
                vErrors.push(err3);
              }
              errors++;
            }
          } else {
            const err4 = { instancePath: instancePath + "/throughGateway/" + i0, schemaPath: "#/properties/throughGateway/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err4];
            } else {
              vErrors.push(err4);
            }
            errors++;
          }
        }
        let i1 = data0.length;
        let j0;
        if (i1 > 1) {
          const indices0 = {};
          for (; i1--; ) {
            let item0 = data0[i1];
            if (typeof item0 !== "string") {
              continue;
            }
            if (typeof indices0[item0] == "number") {
              j0 = indices0[item0];
              const err5 = { instancePath: instancePath + "/throughGateway", schemaPath: "#/properties/throughGateway/uniqueItems", keyword: "uniqueItems", params: { i: i1, j: j0 }, message: "must NOT have duplicate items (items ## " + j0 + " and " + i1 + " are identical)" };
              if (vErrors === null) {
                vErrors = [err5];
              } else {
                vErrors.push(err5);
              }
              errors++;
              break;
            }
            indices0[item0] = i1;
          }
        }
      } else {
        const err6 = { instancePath: instancePath + "/throughGateway", schemaPath: "#/properties/throughGateway/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.maxRate !== void 0) {
      if (!validate51(data.maxRate, { instancePath: instancePath + "/maxRate", parentData: data, parentDataProperty: "maxRate", rootData })) {
        vErrors = vErrors === null ? validate51.errors : vErrors.concat(validate51.errors);
        errors = vErrors.length;
      }
    }
    if (data.jitter !== void 0) {
      if (!validate46(data.jitter, { instancePath: instancePath + "/jitter", parentData: data, parentDataProperty: "jitter", rootData })) {
        vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err7 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err7];
    } else {
      vErrors.push(err7);
    }
    errors++;
  }
  validate107.errors = vErrors;
  return errors === 0;
}
function validate111(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (!validate42(data, { instancePath, parentData, parentDataProperty, rootData })) {
    vErrors = vErrors === null ? validate42.errors : vErrors.concat(validate42.errors);
    errors = vErrors.length;
  }
  validate111.errors = vErrors;
  return errors === 0;
}
function validate114(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(key0 === "interval" || key0 === "host" || key0 === "containers" || key0 === "apps" || key0 === "maxSeriesPerApp" || key0 === "maxSeries")) {
        const err0 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.interval !== void 0) {
      if (!validate46(data.interval, { instancePath: instancePath + "/interval", parentData: data, parentDataProperty: "interval", rootData })) {
        vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
        errors = vErrors.length;
      }
    }
    if (data.host !== void 0) {
      if (typeof data.host !== "boolean") {
        const err1 = { instancePath: instancePath + "/host", schemaPath: "#/properties/host/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.containers !== void 0) {
      if (typeof data.containers !== "boolean") {
        const err2 = { instancePath: instancePath + "/containers", schemaPath: "#/properties/containers/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.apps !== void 0) {
      if (typeof data.apps !== "boolean") {
        const err3 = { instancePath: instancePath + "/apps", schemaPath: "#/properties/apps/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.maxSeriesPerApp !== void 0) {
      let data4 = data.maxSeriesPerApp;
      if (!(typeof data4 == "number" && (!(data4 % 1) && !isNaN(data4)) && isFinite(data4))) {
        const err4 = { instancePath: instancePath + "/maxSeriesPerApp", schemaPath: "#/properties/maxSeriesPerApp/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
      if (typeof data4 == "number" && isFinite(data4)) {
        if (data4 > 5e3 || isNaN(data4)) {
          const err5 = { instancePath: instancePath + "/maxSeriesPerApp", schemaPath: "#/properties/maxSeriesPerApp/maximum", keyword: "maximum", params: { comparison: "<=", limit: 5e3 }, message: "must be <= 5000" };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
        if (data4 < 1 || isNaN(data4)) {
          const err6 = { instancePath: instancePath + "/maxSeriesPerApp", schemaPath: "#/properties/maxSeriesPerApp/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
      }
    }
    if (data.maxSeries !== void 0) {
      let data5 = data.maxSeries;
      if (!(typeof data5 == "number" && (!(data5 % 1) && !isNaN(data5)) && isFinite(data5))) {
        const err7 = { instancePath: instancePath + "/maxSeries", schemaPath: "#/properties/maxSeries/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
      if (typeof data5 == "number" && isFinite(data5)) {
        if (data5 > 1e4 || isNaN(data5)) {
          const err8 = { instancePath: instancePath + "/maxSeries", schemaPath: "#/properties/maxSeries/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e4 }, message: "must be <= 10000" };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
        if (data5 < 1 || isNaN(data5)) {
          const err9 = { instancePath: instancePath + "/maxSeries", schemaPath: "#/properties/maxSeries/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err9];
          } else {
            vErrors.push(err9);
          }
          errors++;
        }
      }
    }
  } else {
    const err10 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err10];
    } else {
      vErrors.push(err10);
    }
    errors++;
  }
  validate114.errors = vErrors;
  return errors === 0;
}
var pattern34 = new RegExp("^[0-9]{1,9}(\\.[0-9]{1,9}){0,5}$", "u");
function validate118(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (!pattern34.test(data)) {
      const err0 = { instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^[0-9]{1,9}(\\.[0-9]{1,9}){0,5}$" }, message: 'must match pattern "^[0-9]{1,9}(\\.[0-9]{1,9}){0,5}$"' };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
  } else {
    const err1 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err1];
    } else {
      vErrors.push(err1);
    }
    errors++;
  }
  validate118.errors = vErrors;
  return errors === 0;
}
var pattern35 = new RegExp("^[a-z0-9._-]{1,64}$", "u");
function validate117(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(key0 === "engine" || key0 === "kernel" || key0 === "os")) {
        const err0 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.engine !== void 0) {
      if (!validate118(data.engine, { instancePath: instancePath + "/engine", parentData: data, parentDataProperty: "engine", rootData })) {
        vErrors = vErrors === null ? validate118.errors : vErrors.concat(validate118.errors);
        errors = vErrors.length;
      }
    }
    if (data.kernel !== void 0) {
      if (!validate118(data.kernel, { instancePath: instancePath + "/kernel", parentData: data, parentDataProperty: "kernel", rootData })) {
        vErrors = vErrors === null ? validate118.errors : vErrors.concat(validate118.errors);
        errors = vErrors.length;
      }
    }
    if (data.os !== void 0) {
      let data2 = data.os;
      if (data2 && typeof data2 == "object" && !Array.isArray(data2)) {
        if (Object.keys(data2).length > 32) {
          const err1 = { instancePath: instancePath + "/os", schemaPath: "#/properties/os/maxProperties", keyword: "maxProperties", params: { limit: 32 }, message: "must NOT have more than 32 properties" };
          if (vErrors === null) {
            vErrors = [err1];
          } else {
            vErrors.push(err1);
          }
          errors++;
        }
        for (const key1 in data2) {
          const _errs6 = errors;
          if (typeof key1 === "string") {
            if (!pattern35.test(key1)) {
              const err2 = { instancePath: instancePath + "/os", schemaPath: "#/properties/os/propertyNames/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9._-]{1,64}$" }, message: 'must match pattern "^[a-z0-9._-]{1,64}$"', propertyName: key1 };
              if (vErrors === null) {
                vErrors = [err2];
              } else {
                vErrors.push(err2);
              }
              errors++;
            }
          }
          var valid1 = _errs6 === errors;
          if (!valid1) {
            const err3 = { instancePath: instancePath + "/os", schemaPath: "#/properties/os/propertyNames", keyword: "propertyNames", params: { propertyName: key1 }, message: "property name must be valid" };
            if (vErrors === null) {
              vErrors = [err3];
            } else {
              vErrors.push(err3);
            }
            errors++;
          }
        }
        for (const key2 in data2) {
          if (!validate118(data2[key2], { instancePath: instancePath + "/os/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data2, parentDataProperty: key2, rootData })) {
            vErrors = vErrors === null ? validate118.errors : vErrors.concat(validate118.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err4 = { instancePath: instancePath + "/os", schemaPath: "#/properties/os/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
  } else {
    const err5 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err5];
    } else {
      vErrors.push(err5);
    }
    errors++;
  }
  validate117.errors = vErrors;
  return errors === 0;
}
var pattern17 = new RegExp("^[A-Za-z0-9+/]+=*$", "u");
function validate56(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.apiVersion === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "apiVersion" }, message: "must have required property 'apiVersion'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func2.call(schema21.properties, key0)) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.apiVersion !== void 0) {
      if (!validate22(data.apiVersion, { instancePath: instancePath + "/apiVersion", parentData: data, parentDataProperty: "apiVersion", rootData })) {
        vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
        errors = vErrors.length;
      }
    }
    if (data.description !== void 0) {
      let data1 = data.description;
      if (typeof data1 === "string") {
        if (func3(data1) > 1e3) {
          const err2 = { instancePath: instancePath + "/description", schemaPath: "#/properties/description/maxLength", keyword: "maxLength", params: { limit: 1e3 }, message: "must NOT have more than 1000 characters" };
          if (vErrors === null) {
            vErrors = [err2];
          } else {
            vErrors.push(err2);
          }
          errors++;
        }
      } else {
        const err3 = { instancePath: instancePath + "/description", schemaPath: "#/properties/description/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.groups !== void 0) {
      let data2 = data.groups;
      if (Array.isArray(data2)) {
        if (data2.length > 32) {
          const err4 = { instancePath: instancePath + "/groups", schemaPath: "#/properties/groups/maxItems", keyword: "maxItems", params: { limit: 32 }, message: "must NOT have more than 32 items" };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
        const len0 = data2.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (!validate24(data2[i0], { instancePath: instancePath + "/groups/" + i0, parentData: data2, parentDataProperty: i0, rootData })) {
            vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
            errors = vErrors.length;
          }
        }
        let i1 = data2.length;
        let j0;
        if (i1 > 1) {
          outer0: for (; i1--; ) {
            for (j0 = i1; j0--; ) {
              if (func0(data2[i1], data2[j0])) {
                const err5 = { instancePath: instancePath + "/groups", schemaPath: "#/properties/groups/uniqueItems", keyword: "uniqueItems", params: { i: i1, j: j0 }, message: "must NOT have duplicate items (items ## " + j0 + " and " + i1 + " are identical)" };
                if (vErrors === null) {
                  vErrors = [err5];
                } else {
                  vErrors.push(err5);
                }
                errors++;
                break outer0;
              }
            }
          }
        }
      } else {
        const err6 = { instancePath: instancePath + "/groups", schemaPath: "#/properties/groups/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.labels !== void 0) {
      if (!validate59(data.labels, { instancePath: instancePath + "/labels", parentData: data, parentDataProperty: "labels", rootData })) {
        vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
        errors = vErrors.length;
      }
    }
    if (data.keys !== void 0) {
      let data5 = data.keys;
      if (data5 && typeof data5 == "object" && !Array.isArray(data5)) {
        if (data5.tls === void 0) {
          const err7 = { instancePath: instancePath + "/keys", schemaPath: "#/properties/keys/required", keyword: "required", params: { missingProperty: "tls" }, message: "must have required property 'tls'" };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
        if (data5.ssh === void 0) {
          const err8 = { instancePath: instancePath + "/keys", schemaPath: "#/properties/keys/required", keyword: "required", params: { missingProperty: "ssh" }, message: "must have required property 'ssh'" };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
        for (const key1 in data5) {
          if (!(key1 === "tls" || key1 === "ssh" || key1 === "registry" || key1 === "openpgp")) {
            const err9 = { instancePath: instancePath + "/keys", schemaPath: "#/properties/keys/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err9];
            } else {
              vErrors.push(err9);
            }
            errors++;
          }
        }
        if (data5.tls !== void 0) {
          let data6 = data5.tls;
          if (typeof data6 === "string") {
            if (func3(data6) > 2048) {
              const err10 = { instancePath: instancePath + "/keys/tls", schemaPath: "#/properties/keys/properties/tls/maxLength", keyword: "maxLength", params: { limit: 2048 }, message: "must NOT have more than 2048 characters" };
              if (vErrors === null) {
                vErrors = [err10];
              } else {
                vErrors.push(err10);
              }
              errors++;
            }
            if (!pattern17.test(data6)) {
              const err11 = { instancePath: instancePath + "/keys/tls", schemaPath: "#/properties/keys/properties/tls/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9+/]+=*$" }, message: 'must match pattern "^[A-Za-z0-9+/]+=*$"' };
              if (vErrors === null) {
                vErrors = [err11];
              } else {
                vErrors.push(err11);
              }
              errors++;
            }
          } else {
            const err12 = { instancePath: instancePath + "/keys/tls", schemaPath: "#/properties/keys/properties/tls/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err12];
            } else {
              vErrors.push(err12);
            }
            errors++;
          }
        }
        if (data5.ssh !== void 0) {
          if (!validate30(data5.ssh, { instancePath: instancePath + "/keys/ssh", parentData: data5, parentDataProperty: "ssh", rootData })) {
            vErrors = vErrors === null ? validate30.errors : vErrors.concat(validate30.errors);
            errors = vErrors.length;
          }
        }
        if (data5.registry !== void 0) {
          let data8 = data5.registry;
          if (typeof data8 === "string") {
            if (func3(data8) > 2048) {
              const err13 = { instancePath: instancePath + "/keys/registry", schemaPath: "#/properties/keys/properties/registry/maxLength", keyword: "maxLength", params: { limit: 2048 }, message: "must NOT have more than 2048 characters" };
              if (vErrors === null) {
                vErrors = [err13];
              } else {
                vErrors.push(err13);
              }
              errors++;
            }
            if (!pattern17.test(data8)) {
              const err14 = { instancePath: instancePath + "/keys/registry", schemaPath: "#/properties/keys/properties/registry/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9+/]+=*$" }, message: 'must match pattern "^[A-Za-z0-9+/]+=*$"' };
              if (vErrors === null) {
                vErrors = [err14];
              } else {
                vErrors.push(err14);
              }
              errors++;
            }
          } else {
            const err15 = { instancePath: instancePath + "/keys/registry", schemaPath: "#/properties/keys/properties/registry/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err15];
            } else {
              vErrors.push(err15);
            }
            errors++;
          }
        }
        if (data5.openpgp !== void 0) {
          let data9 = data5.openpgp;
          if (typeof data9 === "string") {
            if (func3(data9) > 16384) {
              const err16 = { instancePath: instancePath + "/keys/openpgp", schemaPath: "#/properties/keys/properties/openpgp/maxLength", keyword: "maxLength", params: { limit: 16384 }, message: "must NOT have more than 16384 characters" };
              if (vErrors === null) {
                vErrors = [err16];
              } else {
                vErrors.push(err16);
              }
              errors++;
            }
          } else {
            const err17 = { instancePath: instancePath + "/keys/openpgp", schemaPath: "#/properties/keys/properties/openpgp/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err17];
            } else {
              vErrors.push(err17);
            }
            errors++;
          }
        }
      } else {
        const err18 = { instancePath: instancePath + "/keys", schemaPath: "#/properties/keys/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err18];
        } else {
          vErrors.push(err18);
        }
        errors++;
      }
    }
    if (data.hostKeys !== void 0) {
      let data10 = data.hostKeys;
      if (Array.isArray(data10)) {
        if (data10.length > 8) {
          const err19 = { instancePath: instancePath + "/hostKeys", schemaPath: "#/properties/hostKeys/maxItems", keyword: "maxItems", params: { limit: 8 }, message: "must NOT have more than 8 items" };
          if (vErrors === null) {
            vErrors = [err19];
          } else {
            vErrors.push(err19);
          }
          errors++;
        }
        const len1 = data10.length;
        for (let i2 = 0; i2 < len1; i2++) {
          if (!validate30(data10[i2], { instancePath: instancePath + "/hostKeys/" + i2, parentData: data10, parentDataProperty: i2, rootData })) {
            vErrors = vErrors === null ? validate30.errors : vErrors.concat(validate30.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err20 = { instancePath: instancePath + "/hostKeys", schemaPath: "#/properties/hostKeys/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err20];
        } else {
          vErrors.push(err20);
        }
        errors++;
      }
    }
    if (data.enrolment !== void 0) {
      let data12 = data.enrolment;
      if (data12 && typeof data12 == "object" && !Array.isArray(data12)) {
        if (data12.key === void 0) {
          const err21 = { instancePath: instancePath + "/enrolment", schemaPath: "#/properties/enrolment/required", keyword: "required", params: { missingProperty: "key" }, message: "must have required property 'key'" };
          if (vErrors === null) {
            vErrors = [err21];
          } else {
            vErrors.push(err21);
          }
          errors++;
        }
        if (data12.expires === void 0) {
          const err22 = { instancePath: instancePath + "/enrolment", schemaPath: "#/properties/enrolment/required", keyword: "required", params: { missingProperty: "expires" }, message: "must have required property 'expires'" };
          if (vErrors === null) {
            vErrors = [err22];
          } else {
            vErrors.push(err22);
          }
          errors++;
        }
        for (const key2 in data12) {
          if (!(key2 === "key" || key2 === "expires")) {
            const err23 = { instancePath: instancePath + "/enrolment", schemaPath: "#/properties/enrolment/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err23];
            } else {
              vErrors.push(err23);
            }
            errors++;
          }
        }
        if (data12.key !== void 0) {
          if (!validate30(data12.key, { instancePath: instancePath + "/enrolment/key", parentData: data12, parentDataProperty: "key", rootData })) {
            vErrors = vErrors === null ? validate30.errors : vErrors.concat(validate30.errors);
            errors = vErrors.length;
          }
        }
        if (data12.expires !== void 0) {
          if (!validate64(data12.expires, { instancePath: instancePath + "/enrolment/expires", parentData: data12, parentDataProperty: "expires", rootData })) {
            vErrors = vErrors === null ? validate64.errors : vErrors.concat(validate64.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err24 = { instancePath: instancePath + "/enrolment", schemaPath: "#/properties/enrolment/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err24];
        } else {
          vErrors.push(err24);
        }
        errors++;
      }
    }
    if (data.revoked !== void 0) {
      if (typeof data.revoked !== "boolean") {
        const err25 = { instancePath: instancePath + "/revoked", schemaPath: "#/properties/revoked/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err25];
        } else {
          vErrors.push(err25);
        }
        errors++;
      }
    }
    if (data.retired !== void 0) {
      let data16 = data.retired;
      if (data16 && typeof data16 == "object" && !Array.isArray(data16)) {
        if (data16.apps === void 0) {
          const err26 = { instancePath: instancePath + "/retired", schemaPath: "#/properties/retired/required", keyword: "required", params: { missingProperty: "apps" }, message: "must have required property 'apps'" };
          if (vErrors === null) {
            vErrors = [err26];
          } else {
            vErrors.push(err26);
          }
          errors++;
        }
        for (const key3 in data16) {
          if (!(key3 === "apps")) {
            const err27 = { instancePath: instancePath + "/retired", schemaPath: "#/properties/retired/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err27];
            } else {
              vErrors.push(err27);
            }
            errors++;
          }
        }
        if (data16.apps !== void 0) {
          let data17 = data16.apps;
          const _errs33 = errors;
          let valid9 = false;
          let passing0 = null;
          const _errs34 = errors;
          if (typeof data17 !== "string") {
            const err28 = { instancePath: instancePath + "/retired/apps", schemaPath: "#/properties/retired/properties/apps/oneOf/0/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err28];
            } else {
              vErrors.push(err28);
            }
            errors++;
          }
          if (!(data17 === "stop" || data17 === "remove")) {
            const err29 = { instancePath: instancePath + "/retired/apps", schemaPath: "#/properties/retired/properties/apps/oneOf/0/enum", keyword: "enum", params: { allowedValues: schema21.properties.retired.properties.apps.oneOf[0].enum }, message: "must be equal to one of the allowed values" };
            if (vErrors === null) {
              vErrors = [err29];
            } else {
              vErrors.push(err29);
            }
            errors++;
          }
          var _valid0 = _errs34 === errors;
          if (_valid0) {
            valid9 = true;
            passing0 = 0;
          }
          const _errs36 = errors;
          if (data17 && typeof data17 == "object" && !Array.isArray(data17)) {
            if (data17["remove-with-volumes"] === void 0) {
              const err30 = { instancePath: instancePath + "/retired/apps", schemaPath: "#/properties/retired/properties/apps/oneOf/1/required", keyword: "required", params: { missingProperty: "remove-with-volumes" }, message: "must have required property 'remove-with-volumes'" };
              if (vErrors === null) {
                vErrors = [err30];
              } else {
                vErrors.push(err30);
              }
              errors++;
            }
            for (const key4 in data17) {
              if (!(key4 === "remove-with-volumes")) {
                const err31 = { instancePath: instancePath + "/retired/apps", schemaPath: "#/properties/retired/properties/apps/oneOf/1/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key4 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err31];
                } else {
                  vErrors.push(err31);
                }
                errors++;
              }
            }
            if (data17["remove-with-volumes"] !== void 0) {
              if (!validate24(data17["remove-with-volumes"], { instancePath: instancePath + "/retired/apps/remove-with-volumes", parentData: data17, parentDataProperty: "remove-with-volumes", rootData })) {
                vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
                errors = vErrors.length;
              }
            }
          } else {
            const err32 = { instancePath: instancePath + "/retired/apps", schemaPath: "#/properties/retired/properties/apps/oneOf/1/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err32];
            } else {
              vErrors.push(err32);
            }
            errors++;
          }
          var _valid0 = _errs36 === errors;
          if (_valid0 && valid9) {
            valid9 = false;
            passing0 = [passing0, 1];
          } else {
            if (_valid0) {
              valid9 = true;
              passing0 = 1;
            }
          }
          if (!valid9) {
            const err33 = { instancePath: instancePath + "/retired/apps", schemaPath: "#/properties/retired/properties/apps/oneOf", keyword: "oneOf", params: { passingSchemas: passing0 }, message: "must match exactly one schema in oneOf" };
            if (vErrors === null) {
              vErrors = [err33];
            } else {
              vErrors.push(err33);
            }
            errors++;
          } else {
            errors = _errs33;
            if (vErrors !== null) {
              if (_errs33) {
                vErrors.length = _errs33;
              } else {
                vErrors = null;
              }
            }
          }
        }
      } else {
        const err34 = { instancePath: instancePath + "/retired", schemaPath: "#/properties/retired/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err34];
        } else {
          vErrors.push(err34);
        }
        errors++;
      }
    }
    if (data.apps !== void 0) {
      if (!validate67(data.apps, { instancePath: instancePath + "/apps", parentData: data, parentDataProperty: "apps", rootData })) {
        vErrors = vErrors === null ? validate67.errors : vErrors.concat(validate67.errors);
        errors = vErrors.length;
      }
    }
    if (data.variables !== void 0) {
      if (!validate39(data.variables, { instancePath: instancePath + "/variables", parentData: data, parentDataProperty: "variables", rootData })) {
        vErrors = vErrors === null ? validate39.errors : vErrors.concat(validate39.errors);
        errors = vErrors.length;
      }
    }
    if (data.windows !== void 0) {
      let data21 = data.windows;
      if (Array.isArray(data21)) {
        if (data21.length > 32) {
          const err35 = { instancePath: instancePath + "/windows", schemaPath: "#/properties/windows/maxItems", keyword: "maxItems", params: { limit: 32 }, message: "must NOT have more than 32 items" };
          if (vErrors === null) {
            vErrors = [err35];
          } else {
            vErrors.push(err35);
          }
          errors++;
        }
        const len2 = data21.length;
        for (let i3 = 0; i3 < len2; i3++) {
          if (!validate80(data21[i3], { instancePath: instancePath + "/windows/" + i3, parentData: data21, parentDataProperty: i3, rootData })) {
            vErrors = vErrors === null ? validate80.errors : vErrors.concat(validate80.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err36 = { instancePath: instancePath + "/windows", schemaPath: "#/properties/windows/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err36];
        } else {
          vErrors.push(err36);
        }
        errors++;
      }
    }
    if (data.tunnel !== void 0) {
      if (!validate85(data.tunnel, { instancePath: instancePath + "/tunnel", parentData: data, parentDataProperty: "tunnel", rootData })) {
        vErrors = vErrors === null ? validate85.errors : vErrors.concat(validate85.errors);
        errors = vErrors.length;
      }
    }
    if (data.access !== void 0) {
      if (!validate92(data.access, { instancePath: instancePath + "/access", parentData: data, parentDataProperty: "access", rootData })) {
        vErrors = vErrors === null ? validate92.errors : vErrors.concat(validate92.errors);
        errors = vErrors.length;
      }
    }
    if (data.paused !== void 0) {
      if (typeof data.paused !== "boolean") {
        const err37 = { instancePath: instancePath + "/paused", schemaPath: "#/properties/paused/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err37];
        } else {
          vErrors.push(err37);
        }
        errors++;
      }
    }
    if (data.engine !== void 0) {
      if (!validate105(data.engine, { instancePath: instancePath + "/engine", parentData: data, parentDataProperty: "engine", rootData })) {
        vErrors = vErrors === null ? validate105.errors : vErrors.concat(validate105.errors);
        errors = vErrors.length;
      }
    }
    if (data.images !== void 0) {
      if (!validate107(data.images, { instancePath: instancePath + "/images", parentData: data, parentDataProperty: "images", rootData })) {
        vErrors = vErrors === null ? validate107.errors : vErrors.concat(validate107.errors);
        errors = vErrors.length;
      }
    }
    if (data.registryCredentials !== void 0) {
      if (!validate111(data.registryCredentials, { instancePath: instancePath + "/registryCredentials", parentData: data, parentDataProperty: "registryCredentials", rootData })) {
        vErrors = vErrors === null ? validate111.errors : vErrors.concat(validate111.errors);
        errors = vErrors.length;
      }
    }
    if (data.telemetry !== void 0) {
      let data29 = data.telemetry;
      if (data29 && typeof data29 == "object" && !Array.isArray(data29)) {
        for (const key5 in data29) {
          if (!(key5 === "metrics")) {
            const err38 = { instancePath: instancePath + "/telemetry", schemaPath: "#/properties/telemetry/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key5 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err38];
            } else {
              vErrors.push(err38);
            }
            errors++;
          }
        }
        if (data29.metrics !== void 0) {
          if (!validate114(data29.metrics, { instancePath: instancePath + "/telemetry/metrics", parentData: data29, parentDataProperty: "metrics", rootData })) {
            vErrors = vErrors === null ? validate114.errors : vErrors.concat(validate114.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err39 = { instancePath: instancePath + "/telemetry", schemaPath: "#/properties/telemetry/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err39];
        } else {
          vErrors.push(err39);
        }
        errors++;
      }
    }
    if (data.requires !== void 0) {
      if (!validate117(data.requires, { instancePath: instancePath + "/requires", parentData: data, parentDataProperty: "requires", rootData })) {
        vErrors = vErrors === null ? validate117.errors : vErrors.concat(validate117.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err40 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err40];
    } else {
      vErrors.push(err40);
    }
    errors++;
  }
  validate56.errors = vErrors;
  return errors === 0;
}
var fleet = validate123;
var schema41 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://towline.dev/schemas/v1/fleet.schema.json", "title": "Fleet", "description": "fleet.yaml: what holds for the whole fleet.", "type": "object", "additionalProperties": false, "required": ["apiVersion", "name", "gateways"], "properties": { "apiVersion": { "$ref": "https://towline.dev/schemas/v1/common.apiVersion.schema.json" }, "name": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json", "description": "Name of the fleet. Signed commits state it, so that none can be taken into another fleet." }, "gateways": { "description": "Gateways, tried in turn.", "type": "array", "minItems": 1, "maxItems": 16, "items": { "$ref": "https://towline.dev/schemas/v1/common.gateway.schema.json" } }, "poll": { "description": "When devices ask for a new commit.", "type": "object", "additionalProperties": false, "properties": { "schedule": { "$ref": "https://towline.dev/schemas/v1/common.cron.schema.json", "description": "When to ask.", "default": "* * * * *" }, "jitter": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "description": "Each device waits a random time up to this, so that they do not come all at once.", "default": "10s" } } }, "telemetry": { "description": "What devices send back, and how much of it.", "type": "object", "additionalProperties": false, "properties": { "schedule": { "$ref": "https://towline.dev/schemas/v1/common.cron.schema.json", "description": "When status and logs are sent although nothing changed.", "default": "*/15 * * * *" }, "maxBytesPerDay": { "$ref": "https://towline.dev/schemas/v1/common.size.schema.json", "default": "20MiB", "description": "What one device pushes in a day (UTC) at most, a tenth of it for the status alone; the status goes on beyond it, segments wait." }, "maxOutboxBytes": { "$ref": "https://towline.dev/schemas/v1/common.size.schema.json", "description": "What waits on a device takes at most this of its disk; beyond it debug goes first and events last, the oldest of each, and is counted.", "default": "50MiB" }, "logs": { "description": "Send container logs.", "type": "boolean", "default": true }, "metrics": { "$ref": "https://towline.dev/schemas/v1/common.metricsSettings.schema.json" } } }, "tunnel": { "$ref": "https://towline.dev/schemas/v1/common.tunnel.schema.json" }, "tunnels": { "description": "Limits for tunnels.", "type": "object", "additionalProperties": false, "properties": { "maxDuration": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "description": "No tunnel is open for longer: a device, and a gateway, closes it this long after it has first seen that opening, whatever `until` says.", "default": "8h" }, "ports": { "description": "Ports of the gateways for devices: each listens only while its device's tunnel is open.", "type": "object", "additionalProperties": false, "required": ["from", "to"], "properties": { "from": { "description": "The first.", "type": "integer", "minimum": 1024, "maximum": 65535 }, "to": { "description": "The last.", "type": "integer", "minimum": 1024, "maximum": 65535 }, "host": { "description": "Address of the gateway on which they listen.", "type": "string", "maxLength": 253, "default": "127.0.0.1" } } } } }, "access": { "$ref": "https://towline.dev/schemas/v1/common.access.schema.json" }, "freshness": { "description": "When withheld updates are noticed. Without it, no timestamp is asked for.", "type": "object", "additionalProperties": false, "required": ["maxAge"], "properties": { "maxAge": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "description": "Older than this, the newest signed timestamp makes the device stale.", "examples": ["24h"] }, "offline": { "description": "For a device that is fed by bundles (`towline agent import`): it counts while what the device trusts came by one and no gateway was reached since. Without it `maxAge` counts there, too.", "type": "object", "additionalProperties": false, "required": ["maxAge"], "properties": { "maxAge": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "description": "Older than this, the newest signed timestamp that a bundle brought makes the device stale. At least as long as `maxAge` beside it.", "examples": ["90d"] } } } } }, "paused": { "description": "All devices leave what runs as it is.", "type": "boolean", "default": false }, "compose": { "description": "How Compose files are read.", "type": "object", "additionalProperties": false, "properties": { "variables": { "description": "What becomes of a variable that has neither a value nor a default: `blank` takes it for an empty text, as docker compose does, and `towline validate` and `towline plan` say so; `strict` refuses the commit.", "enum": ["blank", "strict"], "default": "blank" } } }, "variables": { "$ref": "https://towline.dev/schemas/v1/common.variables.schema.json" }, "apps": { "$ref": "https://towline.dev/schemas/v1/common.apps.schema.json" }, "windows": { "description": "Maintenance windows; without them, updates are applied, and images come, at any time.", "type": "array", "maxItems": 32, "items": { "$ref": "https://towline.dev/schemas/v1/common.window.schema.json" } }, "engine": { "$ref": "https://towline.dev/schemas/v1/common.engineAllowance.schema.json" }, "images": { "$ref": "https://towline.dev/schemas/v1/common.imagesSettings.schema.json" }, "registryCredentials": { "$ref": "https://towline.dev/schemas/v1/common.registryCredentials.schema.json" }, "support": { "$ref": "https://towline.dev/schemas/v1/common.support.schema.json" }, "requires": { "$ref": "https://towline.dev/schemas/v1/common.requires.schema.json" } }, "examples": [{ "apiVersion": "towline/v1", "name": "acme-pumps", "gateways": [{ "address": "gateway.example.com:8443", "tlsPins": ["sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] }] }] };
var pattern36 = new RegExp("^[^\\p{C}\\p{Zl}\\p{Zp}]+$", "u");
function validate145(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (func3(data) > 200) {
      const err0 = { instancePath, schemaPath: "#/maxLength", keyword: "maxLength", params: { limit: 200 }, message: "must NOT have more than 200 characters" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (func3(data) < 1) {
      const err1 = { instancePath, schemaPath: "#/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (!pattern36.test(data)) {
      const err2 = { instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^[^\\p{C}\\p{Zl}\\p{Zp}]+$" }, message: 'must match pattern "^[^\\p{C}\\p{Zl}\\p{Zp}]+$"' };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
  } else {
    const err3 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err3];
    } else {
      vErrors.push(err3);
    }
    errors++;
  }
  validate145.errors = vErrors;
  return errors === 0;
}
var pattern37 = new RegExp("^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$", "u");
var pattern38 = new RegExp("^[+0-9(][0-9 ()/.x-]*$", "u");
var pattern39 = new RegExp("^https?://[A-Za-z0-9.:\\[\\]-]+(?:/[A-Za-z0-9._~!$&'()*+,;=:@%/?#-]*)?$", "u");
function validate144(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (Object.keys(data).length < 1) {
      const err0 = { instancePath, schemaPath: "#/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "name" || key0 === "mail" || key0 === "phone" || key0 === "url" || key0 === "note")) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.name !== void 0) {
      if (!validate145(data.name, { instancePath: instancePath + "/name", parentData: data, parentDataProperty: "name", rootData })) {
        vErrors = vErrors === null ? validate145.errors : vErrors.concat(validate145.errors);
        errors = vErrors.length;
      }
    }
    if (data.mail !== void 0) {
      let data1 = data.mail;
      if (typeof data1 === "string") {
        if (func3(data1) > 254) {
          const err2 = { instancePath: instancePath + "/mail", schemaPath: "#/properties/mail/maxLength", keyword: "maxLength", params: { limit: 254 }, message: "must NOT have more than 254 characters" };
          if (vErrors === null) {
            vErrors = [err2];
          } else {
            vErrors.push(err2);
          }
          errors++;
        }
        if (!pattern37.test(data1)) {
          const err3 = { instancePath: instancePath + "/mail", schemaPath: "#/properties/mail/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$" }, message: 'must match pattern "^[A-Za-z0-9.!#$%&\'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$"' };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
      } else {
        const err4 = { instancePath: instancePath + "/mail", schemaPath: "#/properties/mail/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.phone !== void 0) {
      let data2 = data.phone;
      if (typeof data2 === "string") {
        if (func3(data2) > 64) {
          const err5 = { instancePath: instancePath + "/phone", schemaPath: "#/properties/phone/maxLength", keyword: "maxLength", params: { limit: 64 }, message: "must NOT have more than 64 characters" };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
        if (!pattern38.test(data2)) {
          const err6 = { instancePath: instancePath + "/phone", schemaPath: "#/properties/phone/pattern", keyword: "pattern", params: { pattern: "^[+0-9(][0-9 ()/.x-]*$" }, message: 'must match pattern "^[+0-9(][0-9 ()/.x-]*$"' };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
      } else {
        const err7 = { instancePath: instancePath + "/phone", schemaPath: "#/properties/phone/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.url !== void 0) {
      let data3 = data.url;
      if (typeof data3 === "string") {
        if (func3(data3) > 512) {
          const err8 = { instancePath: instancePath + "/url", schemaPath: "#/properties/url/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
        if (!pattern39.test(data3)) {
          const err9 = { instancePath: instancePath + "/url", schemaPath: "#/properties/url/pattern", keyword: "pattern", params: { pattern: "^https?://[A-Za-z0-9.:\\[\\]-]+(?:/[A-Za-z0-9._~!$&'()*+,;=:@%/?#-]*)?$" }, message: `must match pattern "^https?://[A-Za-z0-9.:\\[\\]-]+(?:/[A-Za-z0-9._~!$&'()*+,;=:@%/?#-]*)?$"` };
          if (vErrors === null) {
            vErrors = [err9];
          } else {
            vErrors.push(err9);
          }
          errors++;
        }
      } else {
        const err10 = { instancePath: instancePath + "/url", schemaPath: "#/properties/url/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.note !== void 0) {
      if (!validate145(data.note, { instancePath: instancePath + "/note", parentData: data, parentDataProperty: "note", rootData })) {
        vErrors = vErrors === null ? validate145.errors : vErrors.concat(validate145.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err11 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err11];
    } else {
      vErrors.push(err11);
    }
    errors++;
  }
  validate144.errors = vErrors;
  return errors === 0;
}
function validate123(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.apiVersion === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "apiVersion" }, message: "must have required property 'apiVersion'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.name === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "name" }, message: "must have required property 'name'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.gateways === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "gateways" }, message: "must have required property 'gateways'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func2.call(schema41.properties, key0)) {
        const err3 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.apiVersion !== void 0) {
      if (!validate22(data.apiVersion, { instancePath: instancePath + "/apiVersion", parentData: data, parentDataProperty: "apiVersion", rootData })) {
        vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
        errors = vErrors.length;
      }
    }
    if (data.name !== void 0) {
      if (!validate24(data.name, { instancePath: instancePath + "/name", parentData: data, parentDataProperty: "name", rootData })) {
        vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
        errors = vErrors.length;
      }
    }
    if (data.gateways !== void 0) {
      let data2 = data.gateways;
      if (Array.isArray(data2)) {
        if (data2.length > 16) {
          const err4 = { instancePath: instancePath + "/gateways", schemaPath: "#/properties/gateways/maxItems", keyword: "maxItems", params: { limit: 16 }, message: "must NOT have more than 16 items" };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
        if (data2.length < 1) {
          const err5 = { instancePath: instancePath + "/gateways", schemaPath: "#/properties/gateways/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
        const len0 = data2.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (!validate27(data2[i0], { instancePath: instancePath + "/gateways/" + i0, parentData: data2, parentDataProperty: i0, rootData })) {
            vErrors = vErrors === null ? validate27.errors : vErrors.concat(validate27.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err6 = { instancePath: instancePath + "/gateways", schemaPath: "#/properties/gateways/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.poll !== void 0) {
      let data4 = data.poll;
      if (data4 && typeof data4 == "object" && !Array.isArray(data4)) {
        for (const key1 in data4) {
          if (!(key1 === "schedule" || key1 === "jitter")) {
            const err7 = { instancePath: instancePath + "/poll", schemaPath: "#/properties/poll/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err7];
            } else {
              vErrors.push(err7);
            }
            errors++;
          }
        }
        if (data4.schedule !== void 0) {
          if (!validate81(data4.schedule, { instancePath: instancePath + "/poll/schedule", parentData: data4, parentDataProperty: "schedule", rootData })) {
            vErrors = vErrors === null ? validate81.errors : vErrors.concat(validate81.errors);
            errors = vErrors.length;
          }
        }
        if (data4.jitter !== void 0) {
          if (!validate46(data4.jitter, { instancePath: instancePath + "/poll/jitter", parentData: data4, parentDataProperty: "jitter", rootData })) {
            vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err8 = { instancePath: instancePath + "/poll", schemaPath: "#/properties/poll/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.telemetry !== void 0) {
      let data7 = data.telemetry;
      if (data7 && typeof data7 == "object" && !Array.isArray(data7)) {
        for (const key2 in data7) {
          if (!(key2 === "schedule" || key2 === "maxBytesPerDay" || key2 === "maxOutboxBytes" || key2 === "logs" || key2 === "metrics")) {
            const err9 = { instancePath: instancePath + "/telemetry", schemaPath: "#/properties/telemetry/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err9];
            } else {
              vErrors.push(err9);
            }
            errors++;
          }
        }
        if (data7.schedule !== void 0) {
          if (!validate81(data7.schedule, { instancePath: instancePath + "/telemetry/schedule", parentData: data7, parentDataProperty: "schedule", rootData })) {
            vErrors = vErrors === null ? validate81.errors : vErrors.concat(validate81.errors);
            errors = vErrors.length;
          }
        }
        if (data7.maxBytesPerDay !== void 0) {
          if (!validate51(data7.maxBytesPerDay, { instancePath: instancePath + "/telemetry/maxBytesPerDay", parentData: data7, parentDataProperty: "maxBytesPerDay", rootData })) {
            vErrors = vErrors === null ? validate51.errors : vErrors.concat(validate51.errors);
            errors = vErrors.length;
          }
        }
        if (data7.maxOutboxBytes !== void 0) {
          if (!validate51(data7.maxOutboxBytes, { instancePath: instancePath + "/telemetry/maxOutboxBytes", parentData: data7, parentDataProperty: "maxOutboxBytes", rootData })) {
            vErrors = vErrors === null ? validate51.errors : vErrors.concat(validate51.errors);
            errors = vErrors.length;
          }
        }
        if (data7.logs !== void 0) {
          if (typeof data7.logs !== "boolean") {
            const err10 = { instancePath: instancePath + "/telemetry/logs", schemaPath: "#/properties/telemetry/properties/logs/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
            if (vErrors === null) {
              vErrors = [err10];
            } else {
              vErrors.push(err10);
            }
            errors++;
          }
        }
        if (data7.metrics !== void 0) {
          if (!validate114(data7.metrics, { instancePath: instancePath + "/telemetry/metrics", parentData: data7, parentDataProperty: "metrics", rootData })) {
            vErrors = vErrors === null ? validate114.errors : vErrors.concat(validate114.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err11 = { instancePath: instancePath + "/telemetry", schemaPath: "#/properties/telemetry/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.tunnel !== void 0) {
      if (!validate85(data.tunnel, { instancePath: instancePath + "/tunnel", parentData: data, parentDataProperty: "tunnel", rootData })) {
        vErrors = vErrors === null ? validate85.errors : vErrors.concat(validate85.errors);
        errors = vErrors.length;
      }
    }
    if (data.tunnels !== void 0) {
      let data14 = data.tunnels;
      if (data14 && typeof data14 == "object" && !Array.isArray(data14)) {
        for (const key3 in data14) {
          if (!(key3 === "maxDuration" || key3 === "ports")) {
            const err12 = { instancePath: instancePath + "/tunnels", schemaPath: "#/properties/tunnels/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err12];
            } else {
              vErrors.push(err12);
            }
            errors++;
          }
        }
        if (data14.maxDuration !== void 0) {
          if (!validate46(data14.maxDuration, { instancePath: instancePath + "/tunnels/maxDuration", parentData: data14, parentDataProperty: "maxDuration", rootData })) {
            vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
            errors = vErrors.length;
          }
        }
        if (data14.ports !== void 0) {
          let data16 = data14.ports;
          if (data16 && typeof data16 == "object" && !Array.isArray(data16)) {
            if (data16.from === void 0) {
              const err13 = { instancePath: instancePath + "/tunnels/ports", schemaPath: "#/properties/tunnels/properties/ports/required", keyword: "required", params: { missingProperty: "from" }, message: "must have required property 'from'" };
              if (vErrors === null) {
                vErrors = [err13];
              } else {
                vErrors.push(err13);
              }
              errors++;
            }
            if (data16.to === void 0) {
              const err14 = { instancePath: instancePath + "/tunnels/ports", schemaPath: "#/properties/tunnels/properties/ports/required", keyword: "required", params: { missingProperty: "to" }, message: "must have required property 'to'" };
              if (vErrors === null) {
                vErrors = [err14];
              } else {
                vErrors.push(err14);
              }
              errors++;
            }
            for (const key4 in data16) {
              if (!(key4 === "from" || key4 === "to" || key4 === "host")) {
                const err15 = { instancePath: instancePath + "/tunnels/ports", schemaPath: "#/properties/tunnels/properties/ports/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key4 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err15];
                } else {
                  vErrors.push(err15);
                }
                errors++;
              }
            }
            if (data16.from !== void 0) {
              let data17 = data16.from;
              if (!(typeof data17 == "number" && (!(data17 % 1) && !isNaN(data17)) && isFinite(data17))) {
                const err16 = { instancePath: instancePath + "/tunnels/ports/from", schemaPath: "#/properties/tunnels/properties/ports/properties/from/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err16];
                } else {
                  vErrors.push(err16);
                }
                errors++;
              }
              if (typeof data17 == "number" && isFinite(data17)) {
                if (data17 > 65535 || isNaN(data17)) {
                  const err17 = { instancePath: instancePath + "/tunnels/ports/from", schemaPath: "#/properties/tunnels/properties/ports/properties/from/maximum", keyword: "maximum", params: { comparison: "<=", limit: 65535 }, message: "must be <= 65535" };
                  if (vErrors === null) {
                    vErrors = [err17];
                  } else {
                    vErrors.push(err17);
                  }
                  errors++;
                }
                if (data17 < 1024 || isNaN(data17)) {
                  const err18 = { instancePath: instancePath + "/tunnels/ports/from", schemaPath: "#/properties/tunnels/properties/ports/properties/from/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1024 }, message: "must be >= 1024" };
                  if (vErrors === null) {
                    vErrors = [err18];
                  } else {
                    vErrors.push(err18);
                  }
                  errors++;
                }
              }
            }
            if (data16.to !== void 0) {
              let data18 = data16.to;
              if (!(typeof data18 == "number" && (!(data18 % 1) && !isNaN(data18)) && isFinite(data18))) {
                const err19 = { instancePath: instancePath + "/tunnels/ports/to", schemaPath: "#/properties/tunnels/properties/ports/properties/to/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err19];
                } else {
                  vErrors.push(err19);
                }
                errors++;
              }
              if (typeof data18 == "number" && isFinite(data18)) {
                if (data18 > 65535 || isNaN(data18)) {
                  const err20 = { instancePath: instancePath + "/tunnels/ports/to", schemaPath: "#/properties/tunnels/properties/ports/properties/to/maximum", keyword: "maximum", params: { comparison: "<=", limit: 65535 }, message: "must be <= 65535" };
                  if (vErrors === null) {
                    vErrors = [err20];
                  } else {
                    vErrors.push(err20);
                  }
                  errors++;
                }
                if (data18 < 1024 || isNaN(data18)) {
                  const err21 = { instancePath: instancePath + "/tunnels/ports/to", schemaPath: "#/properties/tunnels/properties/ports/properties/to/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1024 }, message: "must be >= 1024" };
                  if (vErrors === null) {
                    vErrors = [err21];
                  } else {
                    vErrors.push(err21);
                  }
                  errors++;
                }
              }
            }
            if (data16.host !== void 0) {
              let data19 = data16.host;
              if (typeof data19 === "string") {
                if (func3(data19) > 253) {
                  const err22 = { instancePath: instancePath + "/tunnels/ports/host", schemaPath: "#/properties/tunnels/properties/ports/properties/host/maxLength", keyword: "maxLength", params: { limit: 253 }, message: "must NOT have more than 253 characters" };
                  if (vErrors === null) {
                    vErrors = [err22];
                  } else {
                    vErrors.push(err22);
                  }
                  errors++;
                }
              } else {
                const err23 = { instancePath: instancePath + "/tunnels/ports/host", schemaPath: "#/properties/tunnels/properties/ports/properties/host/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err23];
                } else {
                  vErrors.push(err23);
                }
                errors++;
              }
            }
          } else {
            const err24 = { instancePath: instancePath + "/tunnels/ports", schemaPath: "#/properties/tunnels/properties/ports/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err24];
            } else {
              vErrors.push(err24);
            }
            errors++;
          }
        }
      } else {
        const err25 = { instancePath: instancePath + "/tunnels", schemaPath: "#/properties/tunnels/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err25];
        } else {
          vErrors.push(err25);
        }
        errors++;
      }
    }
    if (data.access !== void 0) {
      if (!validate92(data.access, { instancePath: instancePath + "/access", parentData: data, parentDataProperty: "access", rootData })) {
        vErrors = vErrors === null ? validate92.errors : vErrors.concat(validate92.errors);
        errors = vErrors.length;
      }
    }
    if (data.freshness !== void 0) {
      let data21 = data.freshness;
      if (data21 && typeof data21 == "object" && !Array.isArray(data21)) {
        if (data21.maxAge === void 0) {
          const err26 = { instancePath: instancePath + "/freshness", schemaPath: "#/properties/freshness/required", keyword: "required", params: { missingProperty: "maxAge" }, message: "must have required property 'maxAge'" };
          if (vErrors === null) {
            vErrors = [err26];
          } else {
            vErrors.push(err26);
          }
          errors++;
        }
        for (const key5 in data21) {
          if (!(key5 === "maxAge" || key5 === "offline")) {
            const err27 = { instancePath: instancePath + "/freshness", schemaPath: "#/properties/freshness/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key5 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err27];
            } else {
              vErrors.push(err27);
            }
            errors++;
          }
        }
        if (data21.maxAge !== void 0) {
          if (!validate46(data21.maxAge, { instancePath: instancePath + "/freshness/maxAge", parentData: data21, parentDataProperty: "maxAge", rootData })) {
            vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
            errors = vErrors.length;
          }
        }
        if (data21.offline !== void 0) {
          let data23 = data21.offline;
          if (data23 && typeof data23 == "object" && !Array.isArray(data23)) {
            if (data23.maxAge === void 0) {
              const err28 = { instancePath: instancePath + "/freshness/offline", schemaPath: "#/properties/freshness/properties/offline/required", keyword: "required", params: { missingProperty: "maxAge" }, message: "must have required property 'maxAge'" };
              if (vErrors === null) {
                vErrors = [err28];
              } else {
                vErrors.push(err28);
              }
              errors++;
            }
            for (const key6 in data23) {
              if (!(key6 === "maxAge")) {
                const err29 = { instancePath: instancePath + "/freshness/offline", schemaPath: "#/properties/freshness/properties/offline/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key6 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err29];
                } else {
                  vErrors.push(err29);
                }
                errors++;
              }
            }
            if (data23.maxAge !== void 0) {
              if (!validate46(data23.maxAge, { instancePath: instancePath + "/freshness/offline/maxAge", parentData: data23, parentDataProperty: "maxAge", rootData })) {
                vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
                errors = vErrors.length;
              }
            }
          } else {
            const err30 = { instancePath: instancePath + "/freshness/offline", schemaPath: "#/properties/freshness/properties/offline/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err30];
            } else {
              vErrors.push(err30);
            }
            errors++;
          }
        }
      } else {
        const err31 = { instancePath: instancePath + "/freshness", schemaPath: "#/properties/freshness/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err31];
        } else {
          vErrors.push(err31);
        }
        errors++;
      }
    }
    if (data.paused !== void 0) {
      if (typeof data.paused !== "boolean") {
        const err32 = { instancePath: instancePath + "/paused", schemaPath: "#/properties/paused/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err32];
        } else {
          vErrors.push(err32);
        }
        errors++;
      }
    }
    if (data.compose !== void 0) {
      let data26 = data.compose;
      if (data26 && typeof data26 == "object" && !Array.isArray(data26)) {
        for (const key7 in data26) {
          if (!(key7 === "variables")) {
            const err33 = { instancePath: instancePath + "/compose", schemaPath: "#/properties/compose/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key7 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err33];
            } else {
              vErrors.push(err33);
            }
            errors++;
          }
        }
        if (data26.variables !== void 0) {
          let data27 = data26.variables;
          if (!(data27 === "blank" || data27 === "strict")) {
            const err34 = { instancePath: instancePath + "/compose/variables", schemaPath: "#/properties/compose/properties/variables/enum", keyword: "enum", params: { allowedValues: schema41.properties.compose.properties.variables.enum }, message: "must be equal to one of the allowed values" };
            if (vErrors === null) {
              vErrors = [err34];
            } else {
              vErrors.push(err34);
            }
            errors++;
          }
        }
      } else {
        const err35 = { instancePath: instancePath + "/compose", schemaPath: "#/properties/compose/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err35];
        } else {
          vErrors.push(err35);
        }
        errors++;
      }
    }
    if (data.variables !== void 0) {
      if (!validate39(data.variables, { instancePath: instancePath + "/variables", parentData: data, parentDataProperty: "variables", rootData })) {
        vErrors = vErrors === null ? validate39.errors : vErrors.concat(validate39.errors);
        errors = vErrors.length;
      }
    }
    if (data.apps !== void 0) {
      if (!validate67(data.apps, { instancePath: instancePath + "/apps", parentData: data, parentDataProperty: "apps", rootData })) {
        vErrors = vErrors === null ? validate67.errors : vErrors.concat(validate67.errors);
        errors = vErrors.length;
      }
    }
    if (data.windows !== void 0) {
      let data30 = data.windows;
      if (Array.isArray(data30)) {
        if (data30.length > 32) {
          const err36 = { instancePath: instancePath + "/windows", schemaPath: "#/properties/windows/maxItems", keyword: "maxItems", params: { limit: 32 }, message: "must NOT have more than 32 items" };
          if (vErrors === null) {
            vErrors = [err36];
          } else {
            vErrors.push(err36);
          }
          errors++;
        }
        const len1 = data30.length;
        for (let i1 = 0; i1 < len1; i1++) {
          if (!validate80(data30[i1], { instancePath: instancePath + "/windows/" + i1, parentData: data30, parentDataProperty: i1, rootData })) {
            vErrors = vErrors === null ? validate80.errors : vErrors.concat(validate80.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err37 = { instancePath: instancePath + "/windows", schemaPath: "#/properties/windows/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err37];
        } else {
          vErrors.push(err37);
        }
        errors++;
      }
    }
    if (data.engine !== void 0) {
      if (!validate105(data.engine, { instancePath: instancePath + "/engine", parentData: data, parentDataProperty: "engine", rootData })) {
        vErrors = vErrors === null ? validate105.errors : vErrors.concat(validate105.errors);
        errors = vErrors.length;
      }
    }
    if (data.images !== void 0) {
      if (!validate107(data.images, { instancePath: instancePath + "/images", parentData: data, parentDataProperty: "images", rootData })) {
        vErrors = vErrors === null ? validate107.errors : vErrors.concat(validate107.errors);
        errors = vErrors.length;
      }
    }
    if (data.registryCredentials !== void 0) {
      if (!validate111(data.registryCredentials, { instancePath: instancePath + "/registryCredentials", parentData: data, parentDataProperty: "registryCredentials", rootData })) {
        vErrors = vErrors === null ? validate111.errors : vErrors.concat(validate111.errors);
        errors = vErrors.length;
      }
    }
    if (data.support !== void 0) {
      if (!validate144(data.support, { instancePath: instancePath + "/support", parentData: data, parentDataProperty: "support", rootData })) {
        vErrors = vErrors === null ? validate144.errors : vErrors.concat(validate144.errors);
        errors = vErrors.length;
      }
    }
    if (data.requires !== void 0) {
      if (!validate117(data.requires, { instancePath: instancePath + "/requires", parentData: data, parentDataProperty: "requires", rootData })) {
        vErrors = vErrors === null ? validate117.errors : vErrors.concat(validate117.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err38 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err38];
    } else {
      vErrors.push(err38);
    }
    errors++;
  }
  validate123.errors = vErrors;
  return errors === 0;
}
var gateway = validate150;
var schema44 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://towline.dev/schemas/v1/gateway.schema.json", "title": "Gateway configuration", "description": "gateway.yaml, by default /etc/towline/gateway.yaml. `towline gateway init` writes it.", "type": "object", "additionalProperties": false, "required": ["apiVersion", "fleet", "anchor"], "properties": { "apiVersion": { "$ref": "https://towline.dev/schemas/v1/common.apiVersion.schema.json" }, "fleet": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json", "description": "The fleet that is served: `name` in its fleet.yaml." }, "anchor": { "$ref": "https://towline.dev/schemas/v1/common.commit.schema.json", "description": "First commit that the gateway's own walk trusts." }, "stateDirectory": { "description": "Keys, fleet.git, telemetry.git, trusted commit.", "type": "string", "default": "/var/lib/towline-gateway" }, "listen": { "description": "Addresses, host:port.", "type": "object", "additionalProperties": false, "properties": { "devices": { "description": "HTTPS with mutual TLS.", "type": "string", "default": "0.0.0.0:8443" }, "people": { "description": "SSH.", "type": "string", "default": "0.0.0.0:2222" }, "internal": { "description": "Health and metrics; loopback unless you put something in front of it.", "type": "string", "default": "127.0.0.1:8080" }, "webhooks": { "description": "Webhooks of a forge, plain HTTP for a reverse proxy; without it they come to `internal`.", "type": "string" } } }, "limits": { "description": "What one device may ask for.", "type": "object", "additionalProperties": false, "properties": { "maxPushBytes": { "$ref": "https://towline.dev/schemas/v1/common.size.schema.json", "default": "8MiB", "description": "Size of one push of a device." }, "maxPushObjects": { "description": "Objects in one push.", "type": "integer", "minimum": 1, "default": 2e3 }, "requestsPerMinute": { "description": "Requests of one device in a minute, polls too; saved up for five seconds.", "type": "integer", "minimum": 60, "default": 1800 }, "pushesPerMinute": { "description": "Pushes of one device in a minute.", "type": "integer", "minimum": 1, "default": 30 }, "packCacheBytes": { "$ref": "https://towline.dev/schemas/v1/common.size.schema.json", "description": "Packs kept in memory.", "default": "64MiB" }, "packDiskBytes": { "$ref": "https://towline.dev/schemas/v1/common.size.schema.json", "description": "Packs kept on disk, those too large for memory.", "default": "2GiB" }, "fetchesPerMinute": { "description": "Fetches of one device in a minute that are not answered from memory.", "type": "integer", "minimum": 1, "default": 30 }, "requests": { "description": "Requests of one device at once.", "type": "integer", "minimum": 2, "default": 8 }, "connections": { "description": "Connections of one device at once; the oldest goes when there are more.", "type": "integer", "minimum": 2, "default": 8 }, "handshakes": { "description": "TLS handshakes of all devices at once; those beyond wait in turn.", "type": "integer", "minimum": 16, "default": 256 }, "requestTimeout": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "description": "In which a request must have arrived.", "default": "60s" }, "gitProcesses": { "description": "git processes at once, each for what devices fetch, what operators fetch and what they push; one device or operator has half of them at most.", "type": "integer", "minimum": 1, "default": 4 } } }, "telemetry": { "description": "How long telemetry is kept, and how often it is folded.", "type": "object", "additionalProperties": false, "properties": { "keep": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "default": "7d", "description": "How long the history of a device's branch is kept; its newest commit stays." }, "statusInterval": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "description": "The branch fleet-status is written at most this often.", "default": "30s" } } }, "sinks": { "description": "Where telemetry goes besides git: name \u2192 sink. Keys of each kind stand in a table of their own below.", "type": "object", "maxProperties": 64, "propertyNames": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json" }, "additionalProperties": { "type": "object", "required": ["kind"], "discriminator": { "propertyName": "kind" }, "oneOf": [{ "$ref": "sinks/elasticsearch.schema.json" }, { "$ref": "sinks/file.schema.json" }, { "$ref": "sinks/fluentd.schema.json" }, { "$ref": "sinks/gelf.schema.json" }, { "$ref": "sinks/loki.schema.json" }, { "$ref": "sinks/otlp.schema.json" }, { "$ref": "sinks/prometheus.schema.json" }, { "$ref": "sinks/remote-write.schema.json" }, { "$ref": "sinks/syslog.schema.json" }] } }, "notify": { "description": "Who is told what happens: webhooks and mail.", "type": "array", "maxItems": 32, "items": { "$ref": "https://towline.dev/schemas/v1/common.notifyReceiver.schema.json" } }, "links": { "description": "Where people see more; in messages.", "type": "object", "additionalProperties": false, "properties": { "commit": { "description": "Address of a commit at the forge, with `{commit}` in it.", "type": "string", "maxLength": 2048, "pattern": "^https?://[^\\s]*\\{commit\\}[^\\s]*$", "examples": ["https://forge.example.com/fleet/commit/{commit}"] } } }, "pushes": { "description": "What becomes of what operators push to main.", "type": "object", "additionalProperties": false, "properties": { "untrusted": { "description": "A push that devices would stop at: `tell` takes it and tells the pusher, `refuse` does not take it; what brings stopped devices on, such as `towline trust mend`, is always taken. Not beside `upstream`.", "type": "string", "enum": ["tell", "refuse"], "default": "tell" } } }, "recordings": { "description": "Recordings of sessions, which devices encrypt to `access.auditors`. What is within `keep` is not removed to make room: where there is none, devices keep theirs and send it later.", "type": "object", "additionalProperties": false, "properties": { "keep": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "default": "90d", "description": "How long a recording is kept after its end." }, "maxBytes": { "$ref": "https://towline.dev/schemas/v1/common.size.schema.json", "default": "20GiB", "description": "Of all devices." }, "maxBytesPerDevice": { "$ref": "https://towline.dev/schemas/v1/common.size.schema.json", "default": "512MiB", "description": "Of one device." } } }, "registries": { "description": "Registries that devices pull from through this gateway, over their mutual TLS, and only what their releases pin: name \u2192 where it is. Without any, `/v2/` of the device port answers nothing.", "type": "object", "maxProperties": 32, "propertyNames": { "description": "As references of images begin, such as registry.example.com, registry.example.com:5000, docker.io.", "type": "string", "pattern": "^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?$", "maxLength": 255 }, "additionalProperties": { "type": "object", "additionalProperties": false, "required": ["url"], "properties": { "url": { "description": "Where the gateway asks, without `/v2`: http or https, without a user.", "type": "string", "maxLength": 2048, "pattern": "^https?://[^\\s/@?#]+(/[^\\s?#]*)?$", "examples": ["https://registry.example.com"] }, "username": { "description": "User there, with `passwordFile`: for basic authentication, and for the place that gives tokens. No device learns it.", "type": "string", "minLength": 1, "maxLength": 255 }, "passwordFile": { "description": "File with that user's password, its end of line apart. An absolute path; read whenever it is needed.", "type": "string", "pattern": "^/", "maxLength": 1024 }, "tokenFile": { "description": "File with a bearer token, instead of a user. An absolute path; read whenever it is needed.", "type": "string", "pattern": "^/", "maxLength": 1024 }, "caFile": { "description": "Certificates in PEM that the registry's must lead to, instead of the machine's. An absolute path.", "type": "string", "pattern": "^/", "maxLength": 1024 } } } }, "registryCache": { "description": "What the gateway keeps of images, in `registry/` of its state directory.", "type": "object", "additionalProperties": false, "properties": { "maxBytes": { "$ref": "https://towline.dev/schemas/v1/common.size.schema.json", "default": "20GiB", "description": "What was asked for longest ago goes first. No single layer may be larger." } } }, "upstream": { "description": "A forge's repository that is mirrored.", "type": "object", "additionalProperties": false, "required": ["url"], "properties": { "url": { "description": "https, ssh (also as user@host:path), git, file, or an absolute path. Without a password: see tokenFile.", "type": "string", "maxLength": 2048 }, "branch": { "description": "Branch there.", "type": "string", "default": "main" }, "interval": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "default": "1m", "description": "How often the forge is asked, besides webhooks." }, "timeout": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "description": "Longest time for one exchange with the forge.", "default": "2m" }, "maxBytes": { "$ref": "https://towline.dev/schemas/v1/common.size.schema.json", "description": "Largest fetch, bytes on the disk; more is refused.", "default": "256MiB" }, "sshKeyFile": { "description": "Private key without passphrase; required for ssh.", "type": "string", "maxLength": 1024 }, "knownHostsFile": { "description": "The forge's host keys as in known_hosts; required for ssh: no key is taken on first sight.", "type": "string", "maxLength": 1024 }, "tokenFile": { "description": "File with an access token, for https. The user is the one in the url, else x-access-token.", "type": "string", "maxLength": 1024 }, "caFile": { "description": "Certificates in PEM that the forge's must lead to, instead of the machine's, for https.", "type": "string", "maxLength": 1024 }, "webhookSecretFile": { "description": "File with the secret that signs the forge's webhooks; without it there are none.", "type": "string" }, "pushStatus": { "description": "Send fleet-status and refs/towline/* back.", "type": "boolean", "default": false } } }, "access": { "description": "How this gateway logs in at devices: for sessions that it ends, where `access.viaGateway` of a device says so.", "type": "object", "additionalProperties": false, "required": ["keyFile"], "properties": { "keyFile": { "description": "Ed25519 key of OpenSSH without passphrase; its public half stands in `gateways[].accessKeys` of fleet.yaml.", "type": "string", "maxLength": 1024 } } }, "oidc": { "description": "People prove at an OpenID provider who they are, and get a certificate for hours: `towline login`.", "type": "object", "additionalProperties": false, "required": ["issuer", "clientId", "keyFile"], "properties": { "issuer": { "description": "The provider, as its tokens name it: https, or http on loopback.", "type": "string", "maxLength": 512, "pattern": "^https?://" }, "clientId": { "description": "This fleet there: a public client (native application) that may come back to http://127.0.0.1 on any port.", "type": "string", "minLength": 1, "maxLength": 255 }, "keyFile": { "description": "Ed25519 key of OpenSSH without passphrase, which signs certificates; its public half stands in `gateways[].certificateKeys` of fleet.yaml.", "type": "string", "maxLength": 1024 }, "lifetime": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "description": "Of a certificate, 8h at most.", "default": "8h" }, "deviceFlow": { "description": "Whether people without a browser may log in by a code that they type elsewhere. Whoever talks a person into typing a stranger's code is that person.", "type": "boolean", "default": false }, "loginsPerMinute": { "description": "Certificates that are asked for from one address, in a minute.", "type": "integer", "minimum": 1, "default": 30 } } }, "rollout": { "description": "The gateway opens the stages of rollouts, and pauses them, by signed commits. Not beside `upstream`: there `towline rollout step --pr` does, outside of the gateway.", "type": "object", "additionalProperties": false, "required": ["keyFile"], "properties": { "keyFile": { "type": "string", "description": "Private Ed25519 key of OpenSSH without passphrase; the policy gives it a role that may `advance` and `pause` rollouts." }, "every": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "description": "Between two looks at what devices have said.", "default": "1m" } } }, "drain": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "description": "How long SIGTERM waits for what is under way.", "default": "10s" }, "logLevel": { "type": "string", "description": "Lines below this are not written.", "enum": ["fatal", "error", "warn", "info", "debug", "trace"], "default": "info" } }, "examples": [{ "apiVersion": "towline/v1", "fleet": "acme-pumps", "anchor": "0000000000000000000000000000000000000000" }] };
var schema45 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://towline.dev/schemas/v1/sinks/elasticsearch.schema.json", "title": "Sink: Elasticsearch", "description": "Elasticsearch or OpenSearch, by `_bulk`.", "type": "object", "additionalProperties": false, "required": ["kind", "url"], "properties": { "kind": { "description": "Which kind of sink this is.", "const": "elasticsearch" }, "url": { "$ref": "https://towline.dev/schemas/v1/common.sinkUrl.schema.json", "examples": ["https://search.example.com:9200"] }, "namespace": { "description": "Last part of the data streams' names: `logs-towline-NAMESPACE`, `logs-towline.events-NAMESPACE`, `metrics-towline-NAMESPACE`.", "type": "string", "pattern": "^[a-z0-9][a-z0-9_.]{0,99}$", "default": "default" }, "templates": { "description": "Whether index templates for these are installed where they are missing. What a person made of them stays.", "type": "boolean", "default": true }, "retention": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "description": "How old documents become, in whole days: a policy (ILM, of OpenSearch ISM) `towline` is installed. Without it they stay, or a policy of yours decides.", "examples": ["30d"] }, "parameters": { "description": "Parameters of each `_bulk` request, such as `pipeline`.", "type": "object", "maxProperties": 16, "propertyNames": { "type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_.]{0,63}$" }, "additionalProperties": { "type": "string", "maxLength": 255 }, "examples": [{ "pipeline": "anonymise" }] }, "username": { "$ref": "https://towline.dev/schemas/v1/common.sinkUsername.schema.json" }, "passwordFile": { "$ref": "https://towline.dev/schemas/v1/common.sinkPasswordFile.schema.json" }, "tokenFile": { "$ref": "https://towline.dev/schemas/v1/common.sinkTokenFile.schema.json" }, "headerFiles": { "$ref": "https://towline.dev/schemas/v1/common.sinkHeaderFiles.schema.json" }, "timeout": { "$ref": "https://towline.dev/schemas/v1/common.sinkTimeout.schema.json" }, "tls": { "$ref": "https://towline.dev/schemas/v1/common.sinkTls.schema.json" }, "filter": { "$ref": "https://towline.dev/schemas/v1/common.sinkFilter.schema.json" }, "batch": { "$ref": "https://towline.dev/schemas/v1/common.sinkBatch.schema.json" }, "from": { "$ref": "https://towline.dev/schemas/v1/common.sinkFrom.schema.json" } } };
var pattern40 = new RegExp("^https?://[^\\s/@?#]+(/[^\\s?#]*)?$", "u");
function validate162(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (func3(data) > 2048) {
      const err0 = { instancePath, schemaPath: "#/maxLength", keyword: "maxLength", params: { limit: 2048 }, message: "must NOT have more than 2048 characters" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (!pattern40.test(data)) {
      const err1 = { instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^https?://[^\\s/@?#]+(/[^\\s?#]*)?$" }, message: 'must match pattern "^https?://[^\\s/@?#]+(/[^\\s?#]*)?$"' };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
  } else {
    const err2 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err2];
    } else {
      vErrors.push(err2);
    }
    errors++;
  }
  validate162.errors = vErrors;
  return errors === 0;
}
function validate165(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (func3(data) > 255) {
      const err0 = { instancePath, schemaPath: "#/maxLength", keyword: "maxLength", params: { limit: 255 }, message: "must NOT have more than 255 characters" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (func3(data) < 1) {
      const err1 = { instancePath, schemaPath: "#/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
  } else {
    const err2 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err2];
    } else {
      vErrors.push(err2);
    }
    errors++;
  }
  validate165.errors = vErrors;
  return errors === 0;
}
function validate167(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (func3(data) > 1024) {
      const err0 = { instancePath, schemaPath: "#/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (!pattern5.test(data)) {
      const err1 = { instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^/" }, message: 'must match pattern "^/"' };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
  } else {
    const err2 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err2];
    } else {
      vErrors.push(err2);
    }
    errors++;
  }
  validate167.errors = vErrors;
  return errors === 0;
}
function validate169(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (func3(data) > 1024) {
      const err0 = { instancePath, schemaPath: "#/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (!pattern5.test(data)) {
      const err1 = { instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^/" }, message: 'must match pattern "^/"' };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
  } else {
    const err2 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err2];
    } else {
      vErrors.push(err2);
    }
    errors++;
  }
  validate169.errors = vErrors;
  return errors === 0;
}
var pattern45 = new RegExp("^[A-Za-z][A-Za-z0-9-]{0,63}$", "u");
function validate171(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (Object.keys(data).length > 8) {
      const err0 = { instancePath, schemaPath: "#/maxProperties", keyword: "maxProperties", params: { limit: 8 }, message: "must NOT have more than 8 properties" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    for (const key0 in data) {
      const _errs1 = errors;
      if (typeof key0 === "string") {
        if (!pattern45.test(key0)) {
          const err1 = { instancePath, schemaPath: "#/propertyNames/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z][A-Za-z0-9-]{0,63}$" }, message: 'must match pattern "^[A-Za-z][A-Za-z0-9-]{0,63}$"', propertyName: key0 };
          if (vErrors === null) {
            vErrors = [err1];
          } else {
            vErrors.push(err1);
          }
          errors++;
        }
      } else {
        const err2 = { instancePath, schemaPath: "#/propertyNames/type", keyword: "type", params: { type: "string" }, message: "must be string", propertyName: key0 };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
      var valid0 = _errs1 === errors;
      if (!valid0) {
        const err3 = { instancePath, schemaPath: "#/propertyNames", keyword: "propertyNames", params: { propertyName: key0 }, message: "property name must be valid" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    for (const key1 in data) {
      let data0 = data[key1];
      if (typeof data0 === "string") {
        if (func3(data0) > 1024) {
          const err4 = { instancePath: instancePath + "/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/additionalProperties/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
        if (!pattern5.test(data0)) {
          const err5 = { instancePath: instancePath + "/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/additionalProperties/pattern", keyword: "pattern", params: { pattern: "^/" }, message: 'must match pattern "^/"' };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
      } else {
        const err6 = { instancePath: instancePath + "/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/additionalProperties/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
  } else {
    const err7 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err7];
    } else {
      vErrors.push(err7);
    }
    errors++;
  }
  validate171.errors = vErrors;
  return errors === 0;
}
function validate173(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (!validate46(data, { instancePath, parentData, parentDataProperty, rootData })) {
    vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
    errors = vErrors.length;
  }
  validate173.errors = vErrors;
  return errors === 0;
}
function validate176(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(key0 === "ca" || key0 === "certificate" || key0 === "key" || key0 === "serverName")) {
        const err0 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.ca !== void 0) {
      let data0 = data.ca;
      if (typeof data0 === "string") {
        if (func3(data0) > 1024) {
          const err1 = { instancePath: instancePath + "/ca", schemaPath: "#/properties/ca/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" };
          if (vErrors === null) {
            vErrors = [err1];
          } else {
            vErrors.push(err1);
          }
          errors++;
        }
        if (!pattern5.test(data0)) {
          const err2 = { instancePath: instancePath + "/ca", schemaPath: "#/properties/ca/pattern", keyword: "pattern", params: { pattern: "^/" }, message: 'must match pattern "^/"' };
          if (vErrors === null) {
            vErrors = [err2];
          } else {
            vErrors.push(err2);
          }
          errors++;
        }
      } else {
        const err3 = { instancePath: instancePath + "/ca", schemaPath: "#/properties/ca/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.certificate !== void 0) {
      let data1 = data.certificate;
      if (typeof data1 === "string") {
        if (func3(data1) > 1024) {
          const err4 = { instancePath: instancePath + "/certificate", schemaPath: "#/properties/certificate/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
        if (!pattern5.test(data1)) {
          const err5 = { instancePath: instancePath + "/certificate", schemaPath: "#/properties/certificate/pattern", keyword: "pattern", params: { pattern: "^/" }, message: 'must match pattern "^/"' };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
      } else {
        const err6 = { instancePath: instancePath + "/certificate", schemaPath: "#/properties/certificate/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.key !== void 0) {
      let data2 = data.key;
      if (typeof data2 === "string") {
        if (func3(data2) > 1024) {
          const err7 = { instancePath: instancePath + "/key", schemaPath: "#/properties/key/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
        if (!pattern5.test(data2)) {
          const err8 = { instancePath: instancePath + "/key", schemaPath: "#/properties/key/pattern", keyword: "pattern", params: { pattern: "^/" }, message: 'must match pattern "^/"' };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
      } else {
        const err9 = { instancePath: instancePath + "/key", schemaPath: "#/properties/key/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.serverName !== void 0) {
      let data3 = data.serverName;
      if (typeof data3 === "string") {
        if (func3(data3) > 253) {
          const err10 = { instancePath: instancePath + "/serverName", schemaPath: "#/properties/serverName/maxLength", keyword: "maxLength", params: { limit: 253 }, message: "must NOT have more than 253 characters" };
          if (vErrors === null) {
            vErrors = [err10];
          } else {
            vErrors.push(err10);
          }
          errors++;
        }
        if (func3(data3) < 1) {
          const err11 = { instancePath: instancePath + "/serverName", schemaPath: "#/properties/serverName/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
          if (vErrors === null) {
            vErrors = [err11];
          } else {
            vErrors.push(err11);
          }
          errors++;
        }
      } else {
        const err12 = { instancePath: instancePath + "/serverName", schemaPath: "#/properties/serverName/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      }
    }
  } else {
    const err13 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err13];
    } else {
      vErrors.push(err13);
    }
    errors++;
  }
  validate176.errors = vErrors;
  return errors === 0;
}
var schema53 = { "description": "What a sink is given; all conditions must hold. Without a key: everything that the kind of sink takes.", "type": "object", "additionalProperties": false, "properties": { "apps": { "description": "Apps by name; what is of no app (events of the engine, metrics of the host) is left out.", "type": "array", "minItems": 1, "maxItems": 128, "uniqueItems": true, "items": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json" } }, "devices": { "$ref": "https://towline.dev/schemas/v1/common.selector.schema.json", "description": "Devices." }, "level": { "description": "Log lines and events of this level and above. A line without a level counts as `info`, on stderr as `error`.", "enum": ["trace", "debug", "info", "warn", "error", "fatal"] }, "kinds": { "description": "Logs, events, metrics.", "type": "array", "minItems": 1, "uniqueItems": true, "items": { "enum": ["logs", "events", "metrics"] } } }, "$id": "https://towline.dev/schemas/v1/common.sinkFilter.schema.json" };
function validate180(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (Object.keys(data).length < 1) {
      const err0 = { instancePath, schemaPath: "#/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "all" || key0 === "devices" || key0 === "groups" || key0 === "labels")) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.all !== void 0) {
      if (true !== data.all) {
        const err2 = { instancePath: instancePath + "/all", schemaPath: "#/properties/all/const", keyword: "const", params: { allowedValue: true }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.devices !== void 0) {
      let data1 = data.devices;
      if (Array.isArray(data1)) {
        const len0 = data1.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (!validate24(data1[i0], { instancePath: instancePath + "/devices/" + i0, parentData: data1, parentDataProperty: i0, rootData })) {
            vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err3 = { instancePath: instancePath + "/devices", schemaPath: "#/properties/devices/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.groups !== void 0) {
      let data3 = data.groups;
      if (Array.isArray(data3)) {
        const len1 = data3.length;
        for (let i1 = 0; i1 < len1; i1++) {
          if (!validate24(data3[i1], { instancePath: instancePath + "/groups/" + i1, parentData: data3, parentDataProperty: i1, rootData })) {
            vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err4 = { instancePath: instancePath + "/groups", schemaPath: "#/properties/groups/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.labels !== void 0) {
      if (!validate59(data.labels, { instancePath: instancePath + "/labels", parentData: data, parentDataProperty: "labels", rootData })) {
        vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err5 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err5];
    } else {
      vErrors.push(err5);
    }
    errors++;
  }
  validate180.errors = vErrors;
  return errors === 0;
}
function validate178(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(key0 === "apps" || key0 === "devices" || key0 === "level" || key0 === "kinds")) {
        const err0 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.apps !== void 0) {
      let data0 = data.apps;
      if (Array.isArray(data0)) {
        if (data0.length > 128) {
          const err1 = { instancePath: instancePath + "/apps", schemaPath: "#/properties/apps/maxItems", keyword: "maxItems", params: { limit: 128 }, message: "must NOT have more than 128 items" };
          if (vErrors === null) {
            vErrors = [err1];
          } else {
            vErrors.push(err1);
          }
          errors++;
        }
        if (data0.length < 1) {
          const err2 = { instancePath: instancePath + "/apps", schemaPath: "#/properties/apps/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
          if (vErrors === null) {
            vErrors = [err2];
          } else {
            vErrors.push(err2);
          }
          errors++;
        }
        const len0 = data0.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (!validate24(data0[i0], { instancePath: instancePath + "/apps/" + i0, parentData: data0, parentDataProperty: i0, rootData })) {
            vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
            errors = vErrors.length;
          }
        }
        let i1 = data0.length;
        let j0;
        if (i1 > 1) {
          outer0: for (; i1--; ) {
            for (j0 = i1; j0--; ) {
              if (func0(data0[i1], data0[j0])) {
                const err3 = { instancePath: instancePath + "/apps", schemaPath: "#/properties/apps/uniqueItems", keyword: "uniqueItems", params: { i: i1, j: j0 }, message: "must NOT have duplicate items (items ## " + j0 + " and " + i1 + " are identical)" };
                if (vErrors === null) {
                  vErrors = [err3];
                } else {
                  vErrors.push(err3);
                }
                errors++;
                break outer0;
              }
            }
          }
        }
      } else {
        const err4 = { instancePath: instancePath + "/apps", schemaPath: "#/properties/apps/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.devices !== void 0) {
      if (!validate180(data.devices, { instancePath: instancePath + "/devices", parentData: data, parentDataProperty: "devices", rootData })) {
        vErrors = vErrors === null ? validate180.errors : vErrors.concat(validate180.errors);
        errors = vErrors.length;
      }
    }
    if (data.level !== void 0) {
      let data3 = data.level;
      if (!(data3 === "trace" || data3 === "debug" || data3 === "info" || data3 === "warn" || data3 === "error" || data3 === "fatal")) {
        const err5 = { instancePath: instancePath + "/level", schemaPath: "#/properties/level/enum", keyword: "enum", params: { allowedValues: schema53.properties.level.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.kinds !== void 0) {
      let data4 = data.kinds;
      if (Array.isArray(data4)) {
        if (data4.length < 1) {
          const err6 = { instancePath: instancePath + "/kinds", schemaPath: "#/properties/kinds/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
        const len1 = data4.length;
        for (let i2 = 0; i2 < len1; i2++) {
          let data5 = data4[i2];
          if (!(data5 === "logs" || data5 === "events" || data5 === "metrics")) {
            const err7 = { instancePath: instancePath + "/kinds/" + i2, schemaPath: "#/properties/kinds/items/enum", keyword: "enum", params: { allowedValues: schema53.properties.kinds.items.enum }, message: "must be equal to one of the allowed values" };
            if (vErrors === null) {
              vErrors = [err7];
            } else {
              vErrors.push(err7);
            }
            errors++;
          }
        }
        let i3 = data4.length;
        let j1;
        if (i3 > 1) {
          outer1: for (; i3--; ) {
            for (j1 = i3; j1--; ) {
              if (func0(data4[i3], data4[j1])) {
                const err8 = { instancePath: instancePath + "/kinds", schemaPath: "#/properties/kinds/uniqueItems", keyword: "uniqueItems", params: { i: i3, j: j1 }, message: "must NOT have duplicate items (items ## " + j1 + " and " + i3 + " are identical)" };
                if (vErrors === null) {
                  vErrors = [err8];
                } else {
                  vErrors.push(err8);
                }
                errors++;
                break outer1;
              }
            }
          }
        }
      } else {
        const err9 = { instancePath: instancePath + "/kinds", schemaPath: "#/properties/kinds/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
  } else {
    const err10 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err10];
    } else {
      vErrors.push(err10);
    }
    errors++;
  }
  validate178.errors = vErrors;
  return errors === 0;
}
function validate186(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(key0 === "records" || key0 === "bytes" || key0 === "interval")) {
        const err0 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.records !== void 0) {
      let data0 = data.records;
      if (!(typeof data0 == "number" && (!(data0 % 1) && !isNaN(data0)) && isFinite(data0))) {
        const err1 = { instancePath: instancePath + "/records", schemaPath: "#/properties/records/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
      if (typeof data0 == "number" && isFinite(data0)) {
        if (data0 > 1e4 || isNaN(data0)) {
          const err2 = { instancePath: instancePath + "/records", schemaPath: "#/properties/records/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e4 }, message: "must be <= 10000" };
          if (vErrors === null) {
            vErrors = [err2];
          } else {
            vErrors.push(err2);
          }
          errors++;
        }
        if (data0 < 1 || isNaN(data0)) {
          const err3 = { instancePath: instancePath + "/records", schemaPath: "#/properties/records/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
      }
    }
    if (data.bytes !== void 0) {
      if (!validate51(data.bytes, { instancePath: instancePath + "/bytes", parentData: data, parentDataProperty: "bytes", rootData })) {
        vErrors = vErrors === null ? validate51.errors : vErrors.concat(validate51.errors);
        errors = vErrors.length;
      }
    }
    if (data.interval !== void 0) {
      if (!validate46(data.interval, { instancePath: instancePath + "/interval", parentData: data, parentDataProperty: "interval", rootData })) {
        vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err4 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err4];
    } else {
      vErrors.push(err4);
    }
    errors++;
  }
  validate186.errors = vErrors;
  return errors === 0;
}
var schema56 = { "description": "Where a sink begins when it is there for the first time: at the oldest that the gateway has kept, or with what comes from now on.", "enum": ["oldest", "now"], "default": "oldest", "$id": "https://towline.dev/schemas/v1/common.sinkFrom.schema.json" };
function validate190(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (!(data === "oldest" || data === "now")) {
    const err0 = { instancePath, schemaPath: "#/enum", keyword: "enum", params: { allowedValues: schema56.enum }, message: "must be equal to one of the allowed values" };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  validate190.errors = vErrors;
  return errors === 0;
}
var pattern41 = new RegExp("^[a-z0-9][a-z0-9_.]{0,99}$", "u");
var pattern42 = new RegExp("^[A-Za-z_][A-Za-z0-9_.]{0,63}$", "u");
function validate161(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.kind === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.url === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "url" }, message: "must have required property 'url'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func2.call(schema45.properties, key0)) {
        const err2 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      if ("elasticsearch" !== data.kind) {
        const err3 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "elasticsearch" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.url !== void 0) {
      if (!validate162(data.url, { instancePath: instancePath + "/url", parentData: data, parentDataProperty: "url", rootData })) {
        vErrors = vErrors === null ? validate162.errors : vErrors.concat(validate162.errors);
        errors = vErrors.length;
      }
    }
    if (data.namespace !== void 0) {
      let data2 = data.namespace;
      if (typeof data2 === "string") {
        if (!pattern41.test(data2)) {
          const err4 = { instancePath: instancePath + "/namespace", schemaPath: "#/properties/namespace/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9][a-z0-9_.]{0,99}$" }, message: 'must match pattern "^[a-z0-9][a-z0-9_.]{0,99}$"' };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
      } else {
        const err5 = { instancePath: instancePath + "/namespace", schemaPath: "#/properties/namespace/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.templates !== void 0) {
      if (typeof data.templates !== "boolean") {
        const err6 = { instancePath: instancePath + "/templates", schemaPath: "#/properties/templates/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.retention !== void 0) {
      if (!validate46(data.retention, { instancePath: instancePath + "/retention", parentData: data, parentDataProperty: "retention", rootData })) {
        vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
        errors = vErrors.length;
      }
    }
    if (data.parameters !== void 0) {
      let data5 = data.parameters;
      if (data5 && typeof data5 == "object" && !Array.isArray(data5)) {
        if (Object.keys(data5).length > 16) {
          const err7 = { instancePath: instancePath + "/parameters", schemaPath: "#/properties/parameters/maxProperties", keyword: "maxProperties", params: { limit: 16 }, message: "must NOT have more than 16 properties" };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
        for (const key1 in data5) {
          const _errs11 = errors;
          if (typeof key1 === "string") {
            if (!pattern42.test(key1)) {
              const err8 = { instancePath: instancePath + "/parameters", schemaPath: "#/properties/parameters/propertyNames/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z_][A-Za-z0-9_.]{0,63}$" }, message: 'must match pattern "^[A-Za-z_][A-Za-z0-9_.]{0,63}$"', propertyName: key1 };
              if (vErrors === null) {
                vErrors = [err8];
              } else {
                vErrors.push(err8);
              }
              errors++;
            }
          } else {
            const err9 = { instancePath: instancePath + "/parameters", schemaPath: "#/properties/parameters/propertyNames/type", keyword: "type", params: { type: "string" }, message: "must be string", propertyName: key1 };
            if (vErrors === null) {
              vErrors = [err9];
            } else {
              vErrors.push(err9);
            }
            errors++;
          }
          var valid1 = _errs11 === errors;
          if (!valid1) {
            const err10 = { instancePath: instancePath + "/parameters", schemaPath: "#/properties/parameters/propertyNames", keyword: "propertyNames", params: { propertyName: key1 }, message: "property name must be valid" };
            if (vErrors === null) {
              vErrors = [err10];
            } else {
              vErrors.push(err10);
            }
            errors++;
          }
        }
        for (const key2 in data5) {
          let data6 = data5[key2];
          if (typeof data6 === "string") {
            if (func3(data6) > 255) {
              const err11 = { instancePath: instancePath + "/parameters/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/parameters/additionalProperties/maxLength", keyword: "maxLength", params: { limit: 255 }, message: "must NOT have more than 255 characters" };
              if (vErrors === null) {
                vErrors = [err11];
              } else {
                vErrors.push(err11);
              }
              errors++;
            }
          } else {
            const err12 = { instancePath: instancePath + "/parameters/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/parameters/additionalProperties/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err12];
            } else {
              vErrors.push(err12);
            }
            errors++;
          }
        }
      } else {
        const err13 = { instancePath: instancePath + "/parameters", schemaPath: "#/properties/parameters/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    }
    if (data.username !== void 0) {
      if (!validate165(data.username, { instancePath: instancePath + "/username", parentData: data, parentDataProperty: "username", rootData })) {
        vErrors = vErrors === null ? validate165.errors : vErrors.concat(validate165.errors);
        errors = vErrors.length;
      }
    }
    if (data.passwordFile !== void 0) {
      if (!validate167(data.passwordFile, { instancePath: instancePath + "/passwordFile", parentData: data, parentDataProperty: "passwordFile", rootData })) {
        vErrors = vErrors === null ? validate167.errors : vErrors.concat(validate167.errors);
        errors = vErrors.length;
      }
    }
    if (data.tokenFile !== void 0) {
      if (!validate169(data.tokenFile, { instancePath: instancePath + "/tokenFile", parentData: data, parentDataProperty: "tokenFile", rootData })) {
        vErrors = vErrors === null ? validate169.errors : vErrors.concat(validate169.errors);
        errors = vErrors.length;
      }
    }
    if (data.headerFiles !== void 0) {
      if (!validate171(data.headerFiles, { instancePath: instancePath + "/headerFiles", parentData: data, parentDataProperty: "headerFiles", rootData })) {
        vErrors = vErrors === null ? validate171.errors : vErrors.concat(validate171.errors);
        errors = vErrors.length;
      }
    }
    if (data.timeout !== void 0) {
      if (!validate173(data.timeout, { instancePath: instancePath + "/timeout", parentData: data, parentDataProperty: "timeout", rootData })) {
        vErrors = vErrors === null ? validate173.errors : vErrors.concat(validate173.errors);
        errors = vErrors.length;
      }
    }
    if (data.tls !== void 0) {
      if (!validate176(data.tls, { instancePath: instancePath + "/tls", parentData: data, parentDataProperty: "tls", rootData })) {
        vErrors = vErrors === null ? validate176.errors : vErrors.concat(validate176.errors);
        errors = vErrors.length;
      }
    }
    if (data.filter !== void 0) {
      if (!validate178(data.filter, { instancePath: instancePath + "/filter", parentData: data, parentDataProperty: "filter", rootData })) {
        vErrors = vErrors === null ? validate178.errors : vErrors.concat(validate178.errors);
        errors = vErrors.length;
      }
    }
    if (data.batch !== void 0) {
      if (!validate186(data.batch, { instancePath: instancePath + "/batch", parentData: data, parentDataProperty: "batch", rootData })) {
        vErrors = vErrors === null ? validate186.errors : vErrors.concat(validate186.errors);
        errors = vErrors.length;
      }
    }
    if (data.from !== void 0) {
      if (!validate190(data.from, { instancePath: instancePath + "/from", parentData: data, parentDataProperty: "from", rootData })) {
        vErrors = vErrors === null ? validate190.errors : vErrors.concat(validate190.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err14 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err14];
    } else {
      vErrors.push(err14);
    }
    errors++;
  }
  validate161.errors = vErrors;
  return errors === 0;
}
var schema57 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://towline.dev/schemas/v1/sinks/file.schema.json", "title": "Sink: file", "description": "Lines of JSON in a file of the gateway's machine.", "type": "object", "additionalProperties": false, "required": ["kind", "path"], "properties": { "kind": { "description": "Which kind of sink this is.", "const": "file" }, "path": { "description": "The file, an absolute path; older ones stand beside it with a number.", "type": "string", "pattern": "^/", "maxLength": 1024, "examples": ["/var/log/towline/records.ndjson"] }, "maxBytes": { "$ref": "https://towline.dev/schemas/v1/common.size.schema.json", "description": "Size at which the file is set aside and a new one begun.", "default": "64MiB" }, "keep": { "description": "How many older files stay.", "type": "integer", "minimum": 0, "maximum": 1e3, "default": 8 }, "sync": { "description": "`batch`: each batch is on the disk before it counts as delivered; `never`: the system writes it when it likes, and a power cut takes the last seconds.", "enum": ["batch", "never"], "default": "batch" }, "filter": { "$ref": "https://towline.dev/schemas/v1/common.sinkFilter.schema.json" }, "batch": { "$ref": "https://towline.dev/schemas/v1/common.sinkBatch.schema.json" }, "from": { "$ref": "https://towline.dev/schemas/v1/common.sinkFrom.schema.json" } } };
function validate192(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.kind === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.path === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "path" }, message: "must have required property 'path'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "kind" || key0 === "path" || key0 === "maxBytes" || key0 === "keep" || key0 === "sync" || key0 === "filter" || key0 === "batch" || key0 === "from")) {
        const err2 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      if ("file" !== data.kind) {
        const err3 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "file" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.path !== void 0) {
      let data1 = data.path;
      if (typeof data1 === "string") {
        if (func3(data1) > 1024) {
          const err4 = { instancePath: instancePath + "/path", schemaPath: "#/properties/path/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
        if (!pattern5.test(data1)) {
          const err5 = { instancePath: instancePath + "/path", schemaPath: "#/properties/path/pattern", keyword: "pattern", params: { pattern: "^/" }, message: 'must match pattern "^/"' };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
      } else {
        const err6 = { instancePath: instancePath + "/path", schemaPath: "#/properties/path/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.maxBytes !== void 0) {
      if (!validate51(data.maxBytes, { instancePath: instancePath + "/maxBytes", parentData: data, parentDataProperty: "maxBytes", rootData })) {
        vErrors = vErrors === null ? validate51.errors : vErrors.concat(validate51.errors);
        errors = vErrors.length;
      }
    }
    if (data.keep !== void 0) {
      let data3 = data.keep;
      if (!(typeof data3 == "number" && (!(data3 % 1) && !isNaN(data3)) && isFinite(data3))) {
        const err7 = { instancePath: instancePath + "/keep", schemaPath: "#/properties/keep/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
      if (typeof data3 == "number" && isFinite(data3)) {
        if (data3 > 1e3 || isNaN(data3)) {
          const err8 = { instancePath: instancePath + "/keep", schemaPath: "#/properties/keep/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e3 }, message: "must be <= 1000" };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
        if (data3 < 0 || isNaN(data3)) {
          const err9 = { instancePath: instancePath + "/keep", schemaPath: "#/properties/keep/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err9];
          } else {
            vErrors.push(err9);
          }
          errors++;
        }
      }
    }
    if (data.sync !== void 0) {
      let data4 = data.sync;
      if (!(data4 === "batch" || data4 === "never")) {
        const err10 = { instancePath: instancePath + "/sync", schemaPath: "#/properties/sync/enum", keyword: "enum", params: { allowedValues: schema57.properties.sync.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.filter !== void 0) {
      if (!validate178(data.filter, { instancePath: instancePath + "/filter", parentData: data, parentDataProperty: "filter", rootData })) {
        vErrors = vErrors === null ? validate178.errors : vErrors.concat(validate178.errors);
        errors = vErrors.length;
      }
    }
    if (data.batch !== void 0) {
      if (!validate186(data.batch, { instancePath: instancePath + "/batch", parentData: data, parentDataProperty: "batch", rootData })) {
        vErrors = vErrors === null ? validate186.errors : vErrors.concat(validate186.errors);
        errors = vErrors.length;
      }
    }
    if (data.from !== void 0) {
      if (!validate190(data.from, { instancePath: instancePath + "/from", parentData: data, parentDataProperty: "from", rootData })) {
        vErrors = vErrors === null ? validate190.errors : vErrors.concat(validate190.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err11 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err11];
    } else {
      vErrors.push(err11);
    }
    errors++;
  }
  validate192.errors = vErrors;
  return errors === 0;
}
var schema58 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://towline.dev/schemas/v1/sinks/fluentd.schema.json", "title": "Sink: Fluentd", "description": "Fluentd or Fluent Bit, by the forward protocol.", "type": "object", "additionalProperties": false, "required": ["kind", "address"], "properties": { "kind": { "description": "Which kind of sink this is.", "const": "fluentd" }, "address": { "$ref": "https://towline.dev/schemas/v1/common.sinkAddress.schema.json", "examples": ["fluentd.example.com:24224"] }, "tag": { "description": "What tags begin with: `<tag>.<project>.<service>`, where a service names none of its own.", "type": "string", "pattern": "^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*$", "maxLength": 128, "default": "towline" }, "compress": { "description": "Chunks are packed with gzip.", "type": "boolean", "default": true }, "sharedKeyFile": { "description": "File with the `shared_key` of the server's `<security>`. An absolute path; read again on SIGHUP.", "type": "string", "pattern": "^/", "maxLength": 1024 }, "username": { "$ref": "https://towline.dev/schemas/v1/common.sinkUsername.schema.json", "description": "A `<user>` of the server's `<security>`, with `passwordFile` and `sharedKeyFile`." }, "passwordFile": { "$ref": "https://towline.dev/schemas/v1/common.sinkPasswordFile.schema.json" }, "timeout": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "description": "In which the server must have acknowledged all of a batch.", "default": "60s" }, "tls": { "$ref": "https://towline.dev/schemas/v1/common.sinkTls.schema.json" }, "filter": { "$ref": "https://towline.dev/schemas/v1/common.sinkFilter.schema.json" }, "batch": { "$ref": "https://towline.dev/schemas/v1/common.sinkBatch.schema.json" }, "from": { "$ref": "https://towline.dev/schemas/v1/common.sinkFrom.schema.json" } } };
function validate198(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (!pattern1.test(data)) {
      const err0 = { instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^(\\[[0-9a-fA-F:]+\\]|[A-Za-z0-9.-]+):[0-9]{1,5}$" }, message: 'must match pattern "^(\\[[0-9a-fA-F:]+\\]|[A-Za-z0-9.-]+):[0-9]{1,5}$"' };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
  } else {
    const err1 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err1];
    } else {
      vErrors.push(err1);
    }
    errors++;
  }
  validate198.errors = vErrors;
  return errors === 0;
}
var pattern52 = new RegExp("^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*$", "u");
function validate197(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.kind === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.address === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "address" }, message: "must have required property 'address'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func2.call(schema58.properties, key0)) {
        const err2 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      if ("fluentd" !== data.kind) {
        const err3 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "fluentd" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.address !== void 0) {
      if (!validate198(data.address, { instancePath: instancePath + "/address", parentData: data, parentDataProperty: "address", rootData })) {
        vErrors = vErrors === null ? validate198.errors : vErrors.concat(validate198.errors);
        errors = vErrors.length;
      }
    }
    if (data.tag !== void 0) {
      let data2 = data.tag;
      if (typeof data2 === "string") {
        if (func3(data2) > 128) {
          const err4 = { instancePath: instancePath + "/tag", schemaPath: "#/properties/tag/maxLength", keyword: "maxLength", params: { limit: 128 }, message: "must NOT have more than 128 characters" };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
        if (!pattern52.test(data2)) {
          const err5 = { instancePath: instancePath + "/tag", schemaPath: "#/properties/tag/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*$" }, message: 'must match pattern "^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*$"' };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
      } else {
        const err6 = { instancePath: instancePath + "/tag", schemaPath: "#/properties/tag/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.compress !== void 0) {
      if (typeof data.compress !== "boolean") {
        const err7 = { instancePath: instancePath + "/compress", schemaPath: "#/properties/compress/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.sharedKeyFile !== void 0) {
      let data4 = data.sharedKeyFile;
      if (typeof data4 === "string") {
        if (func3(data4) > 1024) {
          const err8 = { instancePath: instancePath + "/sharedKeyFile", schemaPath: "#/properties/sharedKeyFile/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
        if (!pattern5.test(data4)) {
          const err9 = { instancePath: instancePath + "/sharedKeyFile", schemaPath: "#/properties/sharedKeyFile/pattern", keyword: "pattern", params: { pattern: "^/" }, message: 'must match pattern "^/"' };
          if (vErrors === null) {
            vErrors = [err9];
          } else {
            vErrors.push(err9);
          }
          errors++;
        }
      } else {
        const err10 = { instancePath: instancePath + "/sharedKeyFile", schemaPath: "#/properties/sharedKeyFile/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.username !== void 0) {
      if (!validate165(data.username, { instancePath: instancePath + "/username", parentData: data, parentDataProperty: "username", rootData })) {
        vErrors = vErrors === null ? validate165.errors : vErrors.concat(validate165.errors);
        errors = vErrors.length;
      }
    }
    if (data.passwordFile !== void 0) {
      if (!validate167(data.passwordFile, { instancePath: instancePath + "/passwordFile", parentData: data, parentDataProperty: "passwordFile", rootData })) {
        vErrors = vErrors === null ? validate167.errors : vErrors.concat(validate167.errors);
        errors = vErrors.length;
      }
    }
    if (data.timeout !== void 0) {
      if (!validate46(data.timeout, { instancePath: instancePath + "/timeout", parentData: data, parentDataProperty: "timeout", rootData })) {
        vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
        errors = vErrors.length;
      }
    }
    if (data.tls !== void 0) {
      if (!validate176(data.tls, { instancePath: instancePath + "/tls", parentData: data, parentDataProperty: "tls", rootData })) {
        vErrors = vErrors === null ? validate176.errors : vErrors.concat(validate176.errors);
        errors = vErrors.length;
      }
    }
    if (data.filter !== void 0) {
      if (!validate178(data.filter, { instancePath: instancePath + "/filter", parentData: data, parentDataProperty: "filter", rootData })) {
        vErrors = vErrors === null ? validate178.errors : vErrors.concat(validate178.errors);
        errors = vErrors.length;
      }
    }
    if (data.batch !== void 0) {
      if (!validate186(data.batch, { instancePath: instancePath + "/batch", parentData: data, parentDataProperty: "batch", rootData })) {
        vErrors = vErrors === null ? validate186.errors : vErrors.concat(validate186.errors);
        errors = vErrors.length;
      }
    }
    if (data.from !== void 0) {
      if (!validate190(data.from, { instancePath: instancePath + "/from", parentData: data, parentDataProperty: "from", rootData })) {
        vErrors = vErrors === null ? validate190.errors : vErrors.concat(validate190.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err11 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err11];
    } else {
      vErrors.push(err11);
    }
    errors++;
  }
  validate197.errors = vErrors;
  return errors === 0;
}
var schema60 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://towline.dev/schemas/v1/sinks/gelf.schema.json", "title": "Sink: GELF", "description": "Graylog or Logstash, by GELF.", "type": "object", "additionalProperties": false, "required": ["kind", "address"], "properties": { "kind": { "description": "Which kind of sink this is.", "const": "gelf" }, "address": { "$ref": "https://towline.dev/schemas/v1/common.sinkAddress.schema.json", "examples": ["graylog.example.com:12201"] }, "protocol": { "description": "How it is sent: `tcp`, with `tls` encrypted; `udp` for receivers that know nothing else, where nobody hears of what is lost.", "enum": ["tcp", "udp"], "default": "tcp" }, "compress": { "description": "By `udp`: messages are packed with gzip. TCP has no compression in GELF.", "type": "boolean", "default": true }, "datagramBytes": { "description": "By `udp`: larger messages go in chunks of so many bytes. 8192 is for a network with jumbo frames.", "type": "integer", "minimum": 512, "maximum": 65e3, "default": 1420 }, "maxMessageBytes": { "$ref": "https://towline.dev/schemas/v1/common.size.schema.json", "description": "Larger messages, unpacked, go to the dead letters: a receiver would close the connection at them.", "default": "1MiB" }, "timeout": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "description": "How long a connection may take to be made, at most 15 s of it, and in which the receiver must take something of what is written.", "default": "30s" }, "tls": { "$ref": "https://towline.dev/schemas/v1/common.sinkTls.schema.json" }, "filter": { "$ref": "https://towline.dev/schemas/v1/common.sinkFilter.schema.json" }, "batch": { "$ref": "https://towline.dev/schemas/v1/common.sinkBatch.schema.json" }, "from": { "$ref": "https://towline.dev/schemas/v1/common.sinkFrom.schema.json" } } };
function validate207(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.kind === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.address === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "address" }, message: "must have required property 'address'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func2.call(schema60.properties, key0)) {
        const err2 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      if ("gelf" !== data.kind) {
        const err3 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "gelf" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.address !== void 0) {
      if (!validate198(data.address, { instancePath: instancePath + "/address", parentData: data, parentDataProperty: "address", rootData })) {
        vErrors = vErrors === null ? validate198.errors : vErrors.concat(validate198.errors);
        errors = vErrors.length;
      }
    }
    if (data.protocol !== void 0) {
      let data2 = data.protocol;
      if (!(data2 === "tcp" || data2 === "udp")) {
        const err4 = { instancePath: instancePath + "/protocol", schemaPath: "#/properties/protocol/enum", keyword: "enum", params: { allowedValues: schema60.properties.protocol.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.compress !== void 0) {
      if (typeof data.compress !== "boolean") {
        const err5 = { instancePath: instancePath + "/compress", schemaPath: "#/properties/compress/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.datagramBytes !== void 0) {
      let data4 = data.datagramBytes;
      if (!(typeof data4 == "number" && (!(data4 % 1) && !isNaN(data4)) && isFinite(data4))) {
        const err6 = { instancePath: instancePath + "/datagramBytes", schemaPath: "#/properties/datagramBytes/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
      if (typeof data4 == "number" && isFinite(data4)) {
        if (data4 > 65e3 || isNaN(data4)) {
          const err7 = { instancePath: instancePath + "/datagramBytes", schemaPath: "#/properties/datagramBytes/maximum", keyword: "maximum", params: { comparison: "<=", limit: 65e3 }, message: "must be <= 65000" };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
        if (data4 < 512 || isNaN(data4)) {
          const err8 = { instancePath: instancePath + "/datagramBytes", schemaPath: "#/properties/datagramBytes/minimum", keyword: "minimum", params: { comparison: ">=", limit: 512 }, message: "must be >= 512" };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
      }
    }
    if (data.maxMessageBytes !== void 0) {
      if (!validate51(data.maxMessageBytes, { instancePath: instancePath + "/maxMessageBytes", parentData: data, parentDataProperty: "maxMessageBytes", rootData })) {
        vErrors = vErrors === null ? validate51.errors : vErrors.concat(validate51.errors);
        errors = vErrors.length;
      }
    }
    if (data.timeout !== void 0) {
      if (!validate46(data.timeout, { instancePath: instancePath + "/timeout", parentData: data, parentDataProperty: "timeout", rootData })) {
        vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
        errors = vErrors.length;
      }
    }
    if (data.tls !== void 0) {
      if (!validate176(data.tls, { instancePath: instancePath + "/tls", parentData: data, parentDataProperty: "tls", rootData })) {
        vErrors = vErrors === null ? validate176.errors : vErrors.concat(validate176.errors);
        errors = vErrors.length;
      }
    }
    if (data.filter !== void 0) {
      if (!validate178(data.filter, { instancePath: instancePath + "/filter", parentData: data, parentDataProperty: "filter", rootData })) {
        vErrors = vErrors === null ? validate178.errors : vErrors.concat(validate178.errors);
        errors = vErrors.length;
      }
    }
    if (data.batch !== void 0) {
      if (!validate186(data.batch, { instancePath: instancePath + "/batch", parentData: data, parentDataProperty: "batch", rootData })) {
        vErrors = vErrors === null ? validate186.errors : vErrors.concat(validate186.errors);
        errors = vErrors.length;
      }
    }
    if (data.from !== void 0) {
      if (!validate190(data.from, { instancePath: instancePath + "/from", parentData: data, parentDataProperty: "from", rootData })) {
        vErrors = vErrors === null ? validate190.errors : vErrors.concat(validate190.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err9 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err9];
    } else {
      vErrors.push(err9);
    }
    errors++;
  }
  validate207.errors = vErrors;
  return errors === 0;
}
var schema61 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://towline.dev/schemas/v1/sinks/loki.schema.json", "title": "Sink: Loki", "description": "Grafana Loki, by its push API.", "type": "object", "additionalProperties": false, "required": ["kind", "url"], "properties": { "kind": { "description": "Which kind of sink this is.", "const": "loki" }, "url": { "$ref": "https://towline.dev/schemas/v1/common.sinkUrl.schema.json", "examples": ["https://loki.example.com:3100"] }, "tenant": { "description": "Value of `X-Scope-OrgID`, where Loki has several tenants.", "type": "string", "pattern": "^[A-Za-z0-9!._*'()-]{1,150}$" }, "labels": { "description": "What makes a stream; what is not named is structured metadata of each line. `label_\u2026` are labels of the fleet's devices.", "type": "array", "minItems": 1, "maxItems": 12, "uniqueItems": true, "items": { "type": "string", "pattern": "^(device_id|fleet|kind|level|project|service|stream|label_[A-Za-z0-9_]{1,63})$" }, "default": ["fleet", "device_id", "project", "service", "kind"] }, "username": { "$ref": "https://towline.dev/schemas/v1/common.sinkUsername.schema.json" }, "passwordFile": { "$ref": "https://towline.dev/schemas/v1/common.sinkPasswordFile.schema.json" }, "tokenFile": { "$ref": "https://towline.dev/schemas/v1/common.sinkTokenFile.schema.json" }, "headerFiles": { "$ref": "https://towline.dev/schemas/v1/common.sinkHeaderFiles.schema.json" }, "timeout": { "$ref": "https://towline.dev/schemas/v1/common.sinkTimeout.schema.json" }, "tls": { "$ref": "https://towline.dev/schemas/v1/common.sinkTls.schema.json" }, "filter": { "$ref": "https://towline.dev/schemas/v1/common.sinkFilter.schema.json" }, "batch": { "$ref": "https://towline.dev/schemas/v1/common.sinkBatch.schema.json" }, "from": { "$ref": "https://towline.dev/schemas/v1/common.sinkFrom.schema.json" } } };
var pattern54 = new RegExp("^[A-Za-z0-9!._*'()-]{1,150}$", "u");
var pattern55 = new RegExp("^(device_id|fleet|kind|level|project|service|stream|label_[A-Za-z0-9_]{1,63})$", "u");
function validate215(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.kind === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.url === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "url" }, message: "must have required property 'url'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func2.call(schema61.properties, key0)) {
        const err2 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      if ("loki" !== data.kind) {
        const err3 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "loki" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.url !== void 0) {
      if (!validate162(data.url, { instancePath: instancePath + "/url", parentData: data, parentDataProperty: "url", rootData })) {
        vErrors = vErrors === null ? validate162.errors : vErrors.concat(validate162.errors);
        errors = vErrors.length;
      }
    }
    if (data.tenant !== void 0) {
      let data2 = data.tenant;
      if (typeof data2 === "string") {
        if (!pattern54.test(data2)) {
          const err4 = { instancePath: instancePath + "/tenant", schemaPath: "#/properties/tenant/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9!._*'()-]{1,150}$" }, message: `must match pattern "^[A-Za-z0-9!._*'()-]{1,150}$"` };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
      } else {
        const err5 = { instancePath: instancePath + "/tenant", schemaPath: "#/properties/tenant/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.labels !== void 0) {
      let data3 = data.labels;
      if (Array.isArray(data3)) {
        if (data3.length > 12) {
          const err6 = { instancePath: instancePath + "/labels", schemaPath: "#/properties/labels/maxItems", keyword: "maxItems", params: { limit: 12 }, message: "must NOT have more than 12 items" };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
        if (data3.length < 1) {
          const err7 = { instancePath: instancePath + "/labels", schemaPath: "#/properties/labels/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
        const len0 = data3.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data4 = data3[i0];
          if (typeof data4 === "string") {
            if (!pattern55.test(data4)) {
              const err8 = { instancePath: instancePath + "/labels/" + i0, schemaPath: "#/properties/labels/items/pattern", keyword: "pattern", params: { pattern: "^(device_id|fleet|kind|level|project|service|stream|label_[A-Za-z0-9_]{1,63})$" }, message: 'must match pattern "^(device_id|fleet|kind|level|project|service|stream|label_[A-Za-z0-9_]{1,63})$"' };
              if (vErrors === null) {
                vErrors = [err8];
              } else {
                vErrors.push(err8);
              }
              errors++;
            }
          } else {
            const err9 = { instancePath: instancePath + "/labels/" + i0, schemaPath: "#/properties/labels/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err9];
            } else {
              vErrors.push(err9);
            }
            errors++;
          }
        }
        let i1 = data3.length;
        let j0;
        if (i1 > 1) {
          const indices0 = {};
          for (; i1--; ) {
            let item0 = data3[i1];
            if (typeof item0 !== "string") {
              continue;
            }
            if (typeof indices0[item0] == "number") {
              j0 = indices0[item0];
              const err10 = { instancePath: instancePath + "/labels", schemaPath: "#/properties/labels/uniqueItems", keyword: "uniqueItems", params: { i: i1, j: j0 }, message: "must NOT have duplicate items (items ## " + j0 + " and " + i1 + " are identical)" };
              if (vErrors === null) {
                vErrors = [err10];
              } else {
                vErrors.push(err10);
              }
              errors++;
              break;
            }
            indices0[item0] = i1;
          }
        }
      } else {
        const err11 = { instancePath: instancePath + "/labels", schemaPath: "#/properties/labels/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.username !== void 0) {
      if (!validate165(data.username, { instancePath: instancePath + "/username", parentData: data, parentDataProperty: "username", rootData })) {
        vErrors = vErrors === null ? validate165.errors : vErrors.concat(validate165.errors);
        errors = vErrors.length;
      }
    }
    if (data.passwordFile !== void 0) {
      if (!validate167(data.passwordFile, { instancePath: instancePath + "/passwordFile", parentData: data, parentDataProperty: "passwordFile", rootData })) {
        vErrors = vErrors === null ? validate167.errors : vErrors.concat(validate167.errors);
        errors = vErrors.length;
      }
    }
    if (data.tokenFile !== void 0) {
      if (!validate169(data.tokenFile, { instancePath: instancePath + "/tokenFile", parentData: data, parentDataProperty: "tokenFile", rootData })) {
        vErrors = vErrors === null ? validate169.errors : vErrors.concat(validate169.errors);
        errors = vErrors.length;
      }
    }
    if (data.headerFiles !== void 0) {
      if (!validate171(data.headerFiles, { instancePath: instancePath + "/headerFiles", parentData: data, parentDataProperty: "headerFiles", rootData })) {
        vErrors = vErrors === null ? validate171.errors : vErrors.concat(validate171.errors);
        errors = vErrors.length;
      }
    }
    if (data.timeout !== void 0) {
      if (!validate173(data.timeout, { instancePath: instancePath + "/timeout", parentData: data, parentDataProperty: "timeout", rootData })) {
        vErrors = vErrors === null ? validate173.errors : vErrors.concat(validate173.errors);
        errors = vErrors.length;
      }
    }
    if (data.tls !== void 0) {
      if (!validate176(data.tls, { instancePath: instancePath + "/tls", parentData: data, parentDataProperty: "tls", rootData })) {
        vErrors = vErrors === null ? validate176.errors : vErrors.concat(validate176.errors);
        errors = vErrors.length;
      }
    }
    if (data.filter !== void 0) {
      if (!validate178(data.filter, { instancePath: instancePath + "/filter", parentData: data, parentDataProperty: "filter", rootData })) {
        vErrors = vErrors === null ? validate178.errors : vErrors.concat(validate178.errors);
        errors = vErrors.length;
      }
    }
    if (data.batch !== void 0) {
      if (!validate186(data.batch, { instancePath: instancePath + "/batch", parentData: data, parentDataProperty: "batch", rootData })) {
        vErrors = vErrors === null ? validate186.errors : vErrors.concat(validate186.errors);
        errors = vErrors.length;
      }
    }
    if (data.from !== void 0) {
      if (!validate190(data.from, { instancePath: instancePath + "/from", parentData: data, parentDataProperty: "from", rootData })) {
        vErrors = vErrors === null ? validate190.errors : vErrors.concat(validate190.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err12 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err12];
    } else {
      vErrors.push(err12);
    }
    errors++;
  }
  validate215.errors = vErrors;
  return errors === 0;
}
var schema62 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://towline.dev/schemas/v1/sinks/otlp.schema.json", "title": "Sink: OTLP", "description": "An OpenTelemetry Collector or what else speaks OTLP over HTTP.", "type": "object", "additionalProperties": false, "required": ["kind", "url"], "properties": { "kind": { "description": "Which kind of sink this is.", "const": "otlp" }, "url": { "$ref": "https://towline.dev/schemas/v1/common.sinkUrl.schema.json", "examples": ["https://collector.example.com:4318"] }, "username": { "$ref": "https://towline.dev/schemas/v1/common.sinkUsername.schema.json" }, "passwordFile": { "$ref": "https://towline.dev/schemas/v1/common.sinkPasswordFile.schema.json" }, "tokenFile": { "$ref": "https://towline.dev/schemas/v1/common.sinkTokenFile.schema.json" }, "headerFiles": { "$ref": "https://towline.dev/schemas/v1/common.sinkHeaderFiles.schema.json" }, "timeout": { "$ref": "https://towline.dev/schemas/v1/common.sinkTimeout.schema.json" }, "tls": { "$ref": "https://towline.dev/schemas/v1/common.sinkTls.schema.json" }, "filter": { "$ref": "https://towline.dev/schemas/v1/common.sinkFilter.schema.json" }, "batch": { "$ref": "https://towline.dev/schemas/v1/common.sinkBatch.schema.json" }, "from": { "$ref": "https://towline.dev/schemas/v1/common.sinkFrom.schema.json" } } };
function validate226(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.kind === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.url === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "url" }, message: "must have required property 'url'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func2.call(schema62.properties, key0)) {
        const err2 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      if ("otlp" !== data.kind) {
        const err3 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "otlp" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.url !== void 0) {
      if (!validate162(data.url, { instancePath: instancePath + "/url", parentData: data, parentDataProperty: "url", rootData })) {
        vErrors = vErrors === null ? validate162.errors : vErrors.concat(validate162.errors);
        errors = vErrors.length;
      }
    }
    if (data.username !== void 0) {
      if (!validate165(data.username, { instancePath: instancePath + "/username", parentData: data, parentDataProperty: "username", rootData })) {
        vErrors = vErrors === null ? validate165.errors : vErrors.concat(validate165.errors);
        errors = vErrors.length;
      }
    }
    if (data.passwordFile !== void 0) {
      if (!validate167(data.passwordFile, { instancePath: instancePath + "/passwordFile", parentData: data, parentDataProperty: "passwordFile", rootData })) {
        vErrors = vErrors === null ? validate167.errors : vErrors.concat(validate167.errors);
        errors = vErrors.length;
      }
    }
    if (data.tokenFile !== void 0) {
      if (!validate169(data.tokenFile, { instancePath: instancePath + "/tokenFile", parentData: data, parentDataProperty: "tokenFile", rootData })) {
        vErrors = vErrors === null ? validate169.errors : vErrors.concat(validate169.errors);
        errors = vErrors.length;
      }
    }
    if (data.headerFiles !== void 0) {
      if (!validate171(data.headerFiles, { instancePath: instancePath + "/headerFiles", parentData: data, parentDataProperty: "headerFiles", rootData })) {
        vErrors = vErrors === null ? validate171.errors : vErrors.concat(validate171.errors);
        errors = vErrors.length;
      }
    }
    if (data.timeout !== void 0) {
      if (!validate173(data.timeout, { instancePath: instancePath + "/timeout", parentData: data, parentDataProperty: "timeout", rootData })) {
        vErrors = vErrors === null ? validate173.errors : vErrors.concat(validate173.errors);
        errors = vErrors.length;
      }
    }
    if (data.tls !== void 0) {
      if (!validate176(data.tls, { instancePath: instancePath + "/tls", parentData: data, parentDataProperty: "tls", rootData })) {
        vErrors = vErrors === null ? validate176.errors : vErrors.concat(validate176.errors);
        errors = vErrors.length;
      }
    }
    if (data.filter !== void 0) {
      if (!validate178(data.filter, { instancePath: instancePath + "/filter", parentData: data, parentDataProperty: "filter", rootData })) {
        vErrors = vErrors === null ? validate178.errors : vErrors.concat(validate178.errors);
        errors = vErrors.length;
      }
    }
    if (data.batch !== void 0) {
      if (!validate186(data.batch, { instancePath: instancePath + "/batch", parentData: data, parentDataProperty: "batch", rootData })) {
        vErrors = vErrors === null ? validate186.errors : vErrors.concat(validate186.errors);
        errors = vErrors.length;
      }
    }
    if (data.from !== void 0) {
      if (!validate190(data.from, { instancePath: instancePath + "/from", parentData: data, parentDataProperty: "from", rootData })) {
        vErrors = vErrors === null ? validate190.errors : vErrors.concat(validate190.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err4 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err4];
    } else {
      vErrors.push(err4);
    }
    errors++;
  }
  validate226.errors = vErrors;
  return errors === 0;
}
function validate237(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.kind === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "kind" || key0 === "labels" || key0 === "staleness" || key0 === "seriesPerDevice" || key0 === "series" || key0 === "filter" || key0 === "batch" || key0 === "from")) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      if ("prometheus" !== data.kind) {
        const err2 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "prometheus" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.labels !== void 0) {
      let data1 = data.labels;
      if (Array.isArray(data1)) {
        if (data1.length > 16) {
          const err3 = { instancePath: instancePath + "/labels", schemaPath: "#/properties/labels/maxItems", keyword: "maxItems", params: { limit: 16 }, message: "must NOT have more than 16 items" };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
        const len0 = data1.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data2 = data1[i0];
          if (typeof data2 === "string") {
            if (!pattern16.test(data2)) {
              const err4 = { instancePath: instancePath + "/labels/" + i0, schemaPath: "#/properties/labels/items/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9]([a-z0-9./-]{0,61}[a-z0-9])?$" }, message: 'must match pattern "^[a-z0-9]([a-z0-9./-]{0,61}[a-z0-9])?$"' };
              if (vErrors === null) {
                vErrors = [err4];
              } else {
                vErrors.push(err4);
              }
              errors++;
            }
          } else {
            const err5 = { instancePath: instancePath + "/labels/" + i0, schemaPath: "#/properties/labels/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err5];
            } else {
              vErrors.push(err5);
            }
            errors++;
          }
        }
        let i1 = data1.length;
        let j0;
        if (i1 > 1) {
          const indices0 = {};
          for (; i1--; ) {
            let item0 = data1[i1];
            if (typeof item0 !== "string") {
              continue;
            }
            if (typeof indices0[item0] == "number") {
              j0 = indices0[item0];
              const err6 = { instancePath: instancePath + "/labels", schemaPath: "#/properties/labels/uniqueItems", keyword: "uniqueItems", params: { i: i1, j: j0 }, message: "must NOT have duplicate items (items ## " + j0 + " and " + i1 + " are identical)" };
              if (vErrors === null) {
                vErrors = [err6];
              } else {
                vErrors.push(err6);
              }
              errors++;
              break;
            }
            indices0[item0] = i1;
          }
        }
      } else {
        const err7 = { instancePath: instancePath + "/labels", schemaPath: "#/properties/labels/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.staleness !== void 0) {
      if (!validate46(data.staleness, { instancePath: instancePath + "/staleness", parentData: data, parentDataProperty: "staleness", rootData })) {
        vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
        errors = vErrors.length;
      }
    }
    if (data.seriesPerDevice !== void 0) {
      let data4 = data.seriesPerDevice;
      if (!(typeof data4 == "number" && (!(data4 % 1) && !isNaN(data4)) && isFinite(data4))) {
        const err8 = { instancePath: instancePath + "/seriesPerDevice", schemaPath: "#/properties/seriesPerDevice/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
      if (typeof data4 == "number" && isFinite(data4)) {
        if (data4 > 2e4 || isNaN(data4)) {
          const err9 = { instancePath: instancePath + "/seriesPerDevice", schemaPath: "#/properties/seriesPerDevice/maximum", keyword: "maximum", params: { comparison: "<=", limit: 2e4 }, message: "must be <= 20000" };
          if (vErrors === null) {
            vErrors = [err9];
          } else {
            vErrors.push(err9);
          }
          errors++;
        }
        if (data4 < 1 || isNaN(data4)) {
          const err10 = { instancePath: instancePath + "/seriesPerDevice", schemaPath: "#/properties/seriesPerDevice/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err10];
          } else {
            vErrors.push(err10);
          }
          errors++;
        }
      }
    }
    if (data.series !== void 0) {
      let data5 = data.series;
      if (!(typeof data5 == "number" && (!(data5 % 1) && !isNaN(data5)) && isFinite(data5))) {
        const err11 = { instancePath: instancePath + "/series", schemaPath: "#/properties/series/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
      if (typeof data5 == "number" && isFinite(data5)) {
        if (data5 > 1e7 || isNaN(data5)) {
          const err12 = { instancePath: instancePath + "/series", schemaPath: "#/properties/series/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e7 }, message: "must be <= 10000000" };
          if (vErrors === null) {
            vErrors = [err12];
          } else {
            vErrors.push(err12);
          }
          errors++;
        }
        if (data5 < 1 || isNaN(data5)) {
          const err13 = { instancePath: instancePath + "/series", schemaPath: "#/properties/series/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err13];
          } else {
            vErrors.push(err13);
          }
          errors++;
        }
      }
    }
    if (data.filter !== void 0) {
      if (!validate178(data.filter, { instancePath: instancePath + "/filter", parentData: data, parentDataProperty: "filter", rootData })) {
        vErrors = vErrors === null ? validate178.errors : vErrors.concat(validate178.errors);
        errors = vErrors.length;
      }
    }
    if (data.batch !== void 0) {
      if (!validate186(data.batch, { instancePath: instancePath + "/batch", parentData: data, parentDataProperty: "batch", rootData })) {
        vErrors = vErrors === null ? validate186.errors : vErrors.concat(validate186.errors);
        errors = vErrors.length;
      }
    }
    if (data.from !== void 0) {
      if (!validate190(data.from, { instancePath: instancePath + "/from", parentData: data, parentDataProperty: "from", rootData })) {
        vErrors = vErrors === null ? validate190.errors : vErrors.concat(validate190.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err14 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err14];
    } else {
      vErrors.push(err14);
    }
    errors++;
  }
  validate237.errors = vErrors;
  return errors === 0;
}
var schema64 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://towline.dev/schemas/v1/sinks/remote-write.schema.json", "title": "Sink: remote write", "description": "Prometheus, VictoriaMetrics or what else takes remote write 1.0.", "type": "object", "additionalProperties": false, "required": ["kind", "url"], "properties": { "kind": { "description": "Which kind of sink this is.", "const": "remote-write" }, "url": { "$ref": "https://towline.dev/schemas/v1/common.sinkUrl.schema.json", "examples": ["https://metrics.example.com/api/v1/write"] }, "labels": { "description": "Labels of devices that each series bears beside `device_id`; each one is one more label of every series.", "type": "array", "maxItems": 16, "uniqueItems": true, "items": { "type": "string", "pattern": "^[a-z0-9]([a-z0-9./-]{0,61}[a-z0-9])?$" }, "default": [], "examples": [["site"]] }, "seriesPerDevice": { "description": "Series of one device; those beyond are dropped and counted.", "type": "integer", "minimum": 1, "maximum": 2e4, "default": 2e3 }, "username": { "$ref": "https://towline.dev/schemas/v1/common.sinkUsername.schema.json" }, "passwordFile": { "$ref": "https://towline.dev/schemas/v1/common.sinkPasswordFile.schema.json" }, "tokenFile": { "$ref": "https://towline.dev/schemas/v1/common.sinkTokenFile.schema.json" }, "headerFiles": { "$ref": "https://towline.dev/schemas/v1/common.sinkHeaderFiles.schema.json" }, "timeout": { "$ref": "https://towline.dev/schemas/v1/common.sinkTimeout.schema.json" }, "tls": { "$ref": "https://towline.dev/schemas/v1/common.sinkTls.schema.json" }, "filter": { "$ref": "https://towline.dev/schemas/v1/common.sinkFilter.schema.json" }, "batch": { "$ref": "https://towline.dev/schemas/v1/common.sinkBatch.schema.json" }, "from": { "$ref": "https://towline.dev/schemas/v1/common.sinkFrom.schema.json" } } };
function validate242(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.kind === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.url === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "url" }, message: "must have required property 'url'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func2.call(schema64.properties, key0)) {
        const err2 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      if ("remote-write" !== data.kind) {
        const err3 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "remote-write" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.url !== void 0) {
      if (!validate162(data.url, { instancePath: instancePath + "/url", parentData: data, parentDataProperty: "url", rootData })) {
        vErrors = vErrors === null ? validate162.errors : vErrors.concat(validate162.errors);
        errors = vErrors.length;
      }
    }
    if (data.labels !== void 0) {
      let data2 = data.labels;
      if (Array.isArray(data2)) {
        if (data2.length > 16) {
          const err4 = { instancePath: instancePath + "/labels", schemaPath: "#/properties/labels/maxItems", keyword: "maxItems", params: { limit: 16 }, message: "must NOT have more than 16 items" };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
        const len0 = data2.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data3 = data2[i0];
          if (typeof data3 === "string") {
            if (!pattern16.test(data3)) {
              const err5 = { instancePath: instancePath + "/labels/" + i0, schemaPath: "#/properties/labels/items/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9]([a-z0-9./-]{0,61}[a-z0-9])?$" }, message: 'must match pattern "^[a-z0-9]([a-z0-9./-]{0,61}[a-z0-9])?$"' };
              if (vErrors === null) {
                vErrors = [err5];
              } else {
                vErrors.push(err5);
              }
              errors++;
            }
          } else {
            const err6 = { instancePath: instancePath + "/labels/" + i0, schemaPath: "#/properties/labels/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err6];
            } else {
              vErrors.push(err6);
            }
            errors++;
          }
        }
        let i1 = data2.length;
        let j0;
        if (i1 > 1) {
          const indices0 = {};
          for (; i1--; ) {
            let item0 = data2[i1];
            if (typeof item0 !== "string") {
              continue;
            }
            if (typeof indices0[item0] == "number") {
              j0 = indices0[item0];
              const err7 = { instancePath: instancePath + "/labels", schemaPath: "#/properties/labels/uniqueItems", keyword: "uniqueItems", params: { i: i1, j: j0 }, message: "must NOT have duplicate items (items ## " + j0 + " and " + i1 + " are identical)" };
              if (vErrors === null) {
                vErrors = [err7];
              } else {
                vErrors.push(err7);
              }
              errors++;
              break;
            }
            indices0[item0] = i1;
          }
        }
      } else {
        const err8 = { instancePath: instancePath + "/labels", schemaPath: "#/properties/labels/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.seriesPerDevice !== void 0) {
      let data4 = data.seriesPerDevice;
      if (!(typeof data4 == "number" && (!(data4 % 1) && !isNaN(data4)) && isFinite(data4))) {
        const err9 = { instancePath: instancePath + "/seriesPerDevice", schemaPath: "#/properties/seriesPerDevice/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
      if (typeof data4 == "number" && isFinite(data4)) {
        if (data4 > 2e4 || isNaN(data4)) {
          const err10 = { instancePath: instancePath + "/seriesPerDevice", schemaPath: "#/properties/seriesPerDevice/maximum", keyword: "maximum", params: { comparison: "<=", limit: 2e4 }, message: "must be <= 20000" };
          if (vErrors === null) {
            vErrors = [err10];
          } else {
            vErrors.push(err10);
          }
          errors++;
        }
        if (data4 < 1 || isNaN(data4)) {
          const err11 = { instancePath: instancePath + "/seriesPerDevice", schemaPath: "#/properties/seriesPerDevice/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err11];
          } else {
            vErrors.push(err11);
          }
          errors++;
        }
      }
    }
    if (data.username !== void 0) {
      if (!validate165(data.username, { instancePath: instancePath + "/username", parentData: data, parentDataProperty: "username", rootData })) {
        vErrors = vErrors === null ? validate165.errors : vErrors.concat(validate165.errors);
        errors = vErrors.length;
      }
    }
    if (data.passwordFile !== void 0) {
      if (!validate167(data.passwordFile, { instancePath: instancePath + "/passwordFile", parentData: data, parentDataProperty: "passwordFile", rootData })) {
        vErrors = vErrors === null ? validate167.errors : vErrors.concat(validate167.errors);
        errors = vErrors.length;
      }
    }
    if (data.tokenFile !== void 0) {
      if (!validate169(data.tokenFile, { instancePath: instancePath + "/tokenFile", parentData: data, parentDataProperty: "tokenFile", rootData })) {
        vErrors = vErrors === null ? validate169.errors : vErrors.concat(validate169.errors);
        errors = vErrors.length;
      }
    }
    if (data.headerFiles !== void 0) {
      if (!validate171(data.headerFiles, { instancePath: instancePath + "/headerFiles", parentData: data, parentDataProperty: "headerFiles", rootData })) {
        vErrors = vErrors === null ? validate171.errors : vErrors.concat(validate171.errors);
        errors = vErrors.length;
      }
    }
    if (data.timeout !== void 0) {
      if (!validate173(data.timeout, { instancePath: instancePath + "/timeout", parentData: data, parentDataProperty: "timeout", rootData })) {
        vErrors = vErrors === null ? validate173.errors : vErrors.concat(validate173.errors);
        errors = vErrors.length;
      }
    }
    if (data.tls !== void 0) {
      if (!validate176(data.tls, { instancePath: instancePath + "/tls", parentData: data, parentDataProperty: "tls", rootData })) {
        vErrors = vErrors === null ? validate176.errors : vErrors.concat(validate176.errors);
        errors = vErrors.length;
      }
    }
    if (data.filter !== void 0) {
      if (!validate178(data.filter, { instancePath: instancePath + "/filter", parentData: data, parentDataProperty: "filter", rootData })) {
        vErrors = vErrors === null ? validate178.errors : vErrors.concat(validate178.errors);
        errors = vErrors.length;
      }
    }
    if (data.batch !== void 0) {
      if (!validate186(data.batch, { instancePath: instancePath + "/batch", parentData: data, parentDataProperty: "batch", rootData })) {
        vErrors = vErrors === null ? validate186.errors : vErrors.concat(validate186.errors);
        errors = vErrors.length;
      }
    }
    if (data.from !== void 0) {
      if (!validate190(data.from, { instancePath: instancePath + "/from", parentData: data, parentDataProperty: "from", rootData })) {
        vErrors = vErrors === null ? validate190.errors : vErrors.concat(validate190.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err12 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err12];
    } else {
      vErrors.push(err12);
    }
    errors++;
  }
  validate242.errors = vErrors;
  return errors === 0;
}
var schema65 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://towline.dev/schemas/v1/sinks/syslog.schema.json", "title": "Sink: syslog", "description": "rsyslog, syslog-ng or another receiver of syslog.", "type": "object", "additionalProperties": false, "required": ["kind", "address"], "properties": { "kind": { "description": "Which kind of sink this is.", "const": "syslog" }, "address": { "$ref": "https://towline.dev/schemas/v1/common.sinkAddress.schema.json", "examples": ["log.example.com:6514"] }, "protocol": { "description": "How it is sent: `tcp`, with `tls` encrypted; `udp` for receivers that know nothing else, where nobody hears of what is lost.", "enum": ["tcp", "udp"], "default": "tcp" }, "format": { "description": "How messages are written, where a service does not say otherwise; `rfc5424` by `tcp`, `rfc3164` by `udp` unless said here.", "enum": ["rfc5424", "rfc3164"] }, "facility": { "description": "Facility of messages, where a service does not say otherwise.", "enum": ["kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"], "default": "daemon" }, "enterprise": { "description": "Private enterprise number (IANA) behind the `@` of structured data; 32473 is the one for documentation.", "type": "integer", "minimum": 1, "maximum": 4294967295, "default": 32473 }, "maxMessageBytes": { "$ref": "https://towline.dev/schemas/v1/common.size.schema.json", "description": "Longer messages are cut, fields first. At least 1KiB; 8KiB by `rfc5424`, 1KiB by `rfc3164` unless said here." }, "timeout": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "description": "How long a connection may take to be made, at most 15 s of it, and in which the receiver must take something of what is written.", "default": "30s" }, "tls": { "$ref": "https://towline.dev/schemas/v1/common.sinkTls.schema.json" }, "filter": { "$ref": "https://towline.dev/schemas/v1/common.sinkFilter.schema.json" }, "batch": { "$ref": "https://towline.dev/schemas/v1/common.sinkBatch.schema.json" }, "from": { "$ref": "https://towline.dev/schemas/v1/common.sinkFrom.schema.json" } } };
function validate253(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.kind === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.address === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "address" }, message: "must have required property 'address'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func2.call(schema65.properties, key0)) {
        const err2 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.kind !== void 0) {
      if ("syslog" !== data.kind) {
        const err3 = { instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "syslog" }, message: "must be equal to constant" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.address !== void 0) {
      if (!validate198(data.address, { instancePath: instancePath + "/address", parentData: data, parentDataProperty: "address", rootData })) {
        vErrors = vErrors === null ? validate198.errors : vErrors.concat(validate198.errors);
        errors = vErrors.length;
      }
    }
    if (data.protocol !== void 0) {
      let data2 = data.protocol;
      if (!(data2 === "tcp" || data2 === "udp")) {
        const err4 = { instancePath: instancePath + "/protocol", schemaPath: "#/properties/protocol/enum", keyword: "enum", params: { allowedValues: schema65.properties.protocol.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.format !== void 0) {
      let data3 = data.format;
      if (!(data3 === "rfc5424" || data3 === "rfc3164")) {
        const err5 = { instancePath: instancePath + "/format", schemaPath: "#/properties/format/enum", keyword: "enum", params: { allowedValues: schema65.properties.format.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.facility !== void 0) {
      let data4 = data.facility;
      if (!(data4 === "kern" || data4 === "user" || data4 === "mail" || data4 === "daemon" || data4 === "auth" || data4 === "syslog" || data4 === "lpr" || data4 === "news" || data4 === "uucp" || data4 === "cron" || data4 === "authpriv" || data4 === "ftp" || data4 === "local0" || data4 === "local1" || data4 === "local2" || data4 === "local3" || data4 === "local4" || data4 === "local5" || data4 === "local6" || data4 === "local7")) {
        const err6 = { instancePath: instancePath + "/facility", schemaPath: "#/properties/facility/enum", keyword: "enum", params: { allowedValues: schema65.properties.facility.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.enterprise !== void 0) {
      let data5 = data.enterprise;
      if (!(typeof data5 == "number" && (!(data5 % 1) && !isNaN(data5)) && isFinite(data5))) {
        const err7 = { instancePath: instancePath + "/enterprise", schemaPath: "#/properties/enterprise/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
      if (typeof data5 == "number" && isFinite(data5)) {
        if (data5 > 4294967295 || isNaN(data5)) {
          const err8 = { instancePath: instancePath + "/enterprise", schemaPath: "#/properties/enterprise/maximum", keyword: "maximum", params: { comparison: "<=", limit: 4294967295 }, message: "must be <= 4294967295" };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
        if (data5 < 1 || isNaN(data5)) {
          const err9 = { instancePath: instancePath + "/enterprise", schemaPath: "#/properties/enterprise/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err9];
          } else {
            vErrors.push(err9);
          }
          errors++;
        }
      }
    }
    if (data.maxMessageBytes !== void 0) {
      if (!validate51(data.maxMessageBytes, { instancePath: instancePath + "/maxMessageBytes", parentData: data, parentDataProperty: "maxMessageBytes", rootData })) {
        vErrors = vErrors === null ? validate51.errors : vErrors.concat(validate51.errors);
        errors = vErrors.length;
      }
    }
    if (data.timeout !== void 0) {
      if (!validate46(data.timeout, { instancePath: instancePath + "/timeout", parentData: data, parentDataProperty: "timeout", rootData })) {
        vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
        errors = vErrors.length;
      }
    }
    if (data.tls !== void 0) {
      if (!validate176(data.tls, { instancePath: instancePath + "/tls", parentData: data, parentDataProperty: "tls", rootData })) {
        vErrors = vErrors === null ? validate176.errors : vErrors.concat(validate176.errors);
        errors = vErrors.length;
      }
    }
    if (data.filter !== void 0) {
      if (!validate178(data.filter, { instancePath: instancePath + "/filter", parentData: data, parentDataProperty: "filter", rootData })) {
        vErrors = vErrors === null ? validate178.errors : vErrors.concat(validate178.errors);
        errors = vErrors.length;
      }
    }
    if (data.batch !== void 0) {
      if (!validate186(data.batch, { instancePath: instancePath + "/batch", parentData: data, parentDataProperty: "batch", rootData })) {
        vErrors = vErrors === null ? validate186.errors : vErrors.concat(validate186.errors);
        errors = vErrors.length;
      }
    }
    if (data.from !== void 0) {
      if (!validate190(data.from, { instancePath: instancePath + "/from", parentData: data, parentDataProperty: "from", rootData })) {
        vErrors = vErrors === null ? validate190.errors : vErrors.concat(validate190.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err10 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err10];
    } else {
      vErrors.push(err10);
    }
    errors++;
  }
  validate253.errors = vErrors;
  return errors === 0;
}
var schema66 = { "description": "Who is told what: a webhook, or mail. With `devices`: what is of a device, only where it is one of these; a release, where it is for one of these; and nothing that is of no device.", "type": "object", "additionalProperties": false, "required": ["name"], "properties": { "name": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json", "description": "Names it in the log, in metrics, and in `towline gateway notify test`." }, "webhook": { "$ref": "https://towline.dev/schemas/v1/common.notifyWebhook.schema.json" }, "mail": { "$ref": "https://towline.dev/schemas/v1/common.notifyMail.schema.json" }, "events": { "description": "What it is told; without it: all but the steps of releases on each device (`release.began`, `release.healthy`, `release.failed`, `release.went-back`).", "type": "array", "minItems": 1, "maxItems": 64, "uniqueItems": true, "items": { "$ref": "https://towline.dev/schemas/v1/common.notifyEvent.schema.json" } }, "severity": { "description": "Nothing that is less grave.", "type": "string", "enum": ["info", "warning", "critical"], "default": "info" }, "devices": { "$ref": "https://towline.dev/schemas/v1/common.selector.schema.json" }, "deadMan": { "description": "A message each so often while all is well: its absence is the alarm.", "type": "object", "additionalProperties": false, "required": ["every"], "properties": { "every": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "description": "How often, a minute at least.", "examples": ["1h"] } } } }, "$id": "https://towline.dev/schemas/v1/common.notifyReceiver.schema.json" };
var schema67 = { "description": "An address that is sent each message by POST. No redirect is followed.", "type": "object", "additionalProperties": false, "required": ["format"], "properties": { "url": { "$ref": "https://towline.dev/schemas/v1/common.sinkUrl.schema.json", "examples": ["https://hooks.example.com/towline"] }, "urlFile": { "description": "File with the address, for one that is a secret itself, as Slack's are. An absolute path; read again on SIGHUP.", "type": "string", "pattern": "^/", "maxLength": 1024 }, "format": { "description": "cloudevents: CloudEvents 1.0, structured JSON. slack: `text` and `blocks`, which Slack, Mattermost and Rocket.Chat take. alertmanager: alerts, to `/api/v2/alerts` below the address.", "type": "string", "enum": ["cloudevents", "slack", "alertmanager"] }, "secretFile": { "description": "File with the secret that signs each message as Standard Webhooks has it: `whsec_` and base64, or any text. An absolute path; read again on SIGHUP.", "type": "string", "pattern": "^/", "maxLength": 1024 }, "username": { "$ref": "https://towline.dev/schemas/v1/common.sinkUsername.schema.json" }, "passwordFile": { "$ref": "https://towline.dev/schemas/v1/common.sinkPasswordFile.schema.json" }, "tokenFile": { "$ref": "https://towline.dev/schemas/v1/common.sinkTokenFile.schema.json" }, "headerFiles": { "$ref": "https://towline.dev/schemas/v1/common.sinkHeaderFiles.schema.json" }, "timeout": { "$ref": "https://towline.dev/schemas/v1/common.sinkTimeout.schema.json" }, "tls": { "$ref": "https://towline.dev/schemas/v1/common.sinkTls.schema.json" } }, "$id": "https://towline.dev/schemas/v1/common.notifyWebhook.schema.json" };
function validate272(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.format === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "format" }, message: "must have required property 'format'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func2.call(schema67.properties, key0)) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.url !== void 0) {
      if (!validate162(data.url, { instancePath: instancePath + "/url", parentData: data, parentDataProperty: "url", rootData })) {
        vErrors = vErrors === null ? validate162.errors : vErrors.concat(validate162.errors);
        errors = vErrors.length;
      }
    }
    if (data.urlFile !== void 0) {
      let data1 = data.urlFile;
      if (typeof data1 === "string") {
        if (func3(data1) > 1024) {
          const err2 = { instancePath: instancePath + "/urlFile", schemaPath: "#/properties/urlFile/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" };
          if (vErrors === null) {
            vErrors = [err2];
          } else {
            vErrors.push(err2);
          }
          errors++;
        }
        if (!pattern5.test(data1)) {
          const err3 = { instancePath: instancePath + "/urlFile", schemaPath: "#/properties/urlFile/pattern", keyword: "pattern", params: { pattern: "^/" }, message: 'must match pattern "^/"' };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
      } else {
        const err4 = { instancePath: instancePath + "/urlFile", schemaPath: "#/properties/urlFile/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.format !== void 0) {
      let data2 = data.format;
      if (typeof data2 !== "string") {
        const err5 = { instancePath: instancePath + "/format", schemaPath: "#/properties/format/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
      if (!(data2 === "cloudevents" || data2 === "slack" || data2 === "alertmanager")) {
        const err6 = { instancePath: instancePath + "/format", schemaPath: "#/properties/format/enum", keyword: "enum", params: { allowedValues: schema67.properties.format.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.secretFile !== void 0) {
      let data3 = data.secretFile;
      if (typeof data3 === "string") {
        if (func3(data3) > 1024) {
          const err7 = { instancePath: instancePath + "/secretFile", schemaPath: "#/properties/secretFile/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
        if (!pattern5.test(data3)) {
          const err8 = { instancePath: instancePath + "/secretFile", schemaPath: "#/properties/secretFile/pattern", keyword: "pattern", params: { pattern: "^/" }, message: 'must match pattern "^/"' };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
      } else {
        const err9 = { instancePath: instancePath + "/secretFile", schemaPath: "#/properties/secretFile/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.username !== void 0) {
      if (!validate165(data.username, { instancePath: instancePath + "/username", parentData: data, parentDataProperty: "username", rootData })) {
        vErrors = vErrors === null ? validate165.errors : vErrors.concat(validate165.errors);
        errors = vErrors.length;
      }
    }
    if (data.passwordFile !== void 0) {
      if (!validate167(data.passwordFile, { instancePath: instancePath + "/passwordFile", parentData: data, parentDataProperty: "passwordFile", rootData })) {
        vErrors = vErrors === null ? validate167.errors : vErrors.concat(validate167.errors);
        errors = vErrors.length;
      }
    }
    if (data.tokenFile !== void 0) {
      if (!validate169(data.tokenFile, { instancePath: instancePath + "/tokenFile", parentData: data, parentDataProperty: "tokenFile", rootData })) {
        vErrors = vErrors === null ? validate169.errors : vErrors.concat(validate169.errors);
        errors = vErrors.length;
      }
    }
    if (data.headerFiles !== void 0) {
      if (!validate171(data.headerFiles, { instancePath: instancePath + "/headerFiles", parentData: data, parentDataProperty: "headerFiles", rootData })) {
        vErrors = vErrors === null ? validate171.errors : vErrors.concat(validate171.errors);
        errors = vErrors.length;
      }
    }
    if (data.timeout !== void 0) {
      if (!validate173(data.timeout, { instancePath: instancePath + "/timeout", parentData: data, parentDataProperty: "timeout", rootData })) {
        vErrors = vErrors === null ? validate173.errors : vErrors.concat(validate173.errors);
        errors = vErrors.length;
      }
    }
    if (data.tls !== void 0) {
      if (!validate176(data.tls, { instancePath: instancePath + "/tls", parentData: data, parentDataProperty: "tls", rootData })) {
        vErrors = vErrors === null ? validate176.errors : vErrors.concat(validate176.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err10 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err10];
    } else {
      vErrors.push(err10);
    }
    errors++;
  }
  validate272.errors = vErrors;
  return errors === 0;
}
var schema68 = { "description": "Mail: plain text, one to each address.", "type": "object", "additionalProperties": false, "required": ["to", "from", "smtp"], "properties": { "to": { "description": "Who gets it; each by itself.", "type": "array", "minItems": 1, "maxItems": 20, "uniqueItems": true, "items": { "type": "string", "maxLength": 254, "pattern": "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63})*$" } }, "from": { "description": "Who sends it.", "type": "string", "maxLength": 254, "pattern": "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63})*$", "examples": ["towline@example.com"] }, "smtp": { "description": "The mail server that takes it.", "type": "object", "additionalProperties": false, "required": ["host"], "properties": { "host": { "description": "Its name or address.", "type": "string", "minLength": 1, "maxLength": 253, "pattern": "^[A-Za-z0-9.:_-]+$" }, "port": { "description": "Without it: 587; 465 with `tls: implicit`.", "type": "integer", "minimum": 1, "maximum": 65535 }, "tls": { "description": "starttls: nothing is said before it. implicit: from the first byte. none-on-loopback: in clear, to this machine alone.", "type": "string", "enum": ["starttls", "implicit", "none-on-loopback"], "default": "starttls" }, "userFile": { "description": "File with the user, with `passwordFile`. An absolute path; read again on SIGHUP.", "type": "string", "pattern": "^/", "maxLength": 1024 }, "passwordFile": { "description": "File with that user's password. An absolute path; read again on SIGHUP.", "type": "string", "pattern": "^/", "maxLength": 1024 }, "caFile": { "description": "File with the certificates, PEM, that the server's must lead to, instead of the machine's.", "type": "string", "pattern": "^/", "maxLength": 1024 }, "timeout": { "$ref": "https://towline.dev/schemas/v1/common.sinkTimeout.schema.json" } } } }, "$id": "https://towline.dev/schemas/v1/common.notifyMail.schema.json" };
var pattern60 = new RegExp("^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63})*$", "u");
var pattern62 = new RegExp("^[A-Za-z0-9.:_-]+$", "u");
function validate281(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.to === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "to" }, message: "must have required property 'to'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.from === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "from" }, message: "must have required property 'from'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.smtp === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "smtp" }, message: "must have required property 'smtp'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "to" || key0 === "from" || key0 === "smtp")) {
        const err3 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.to !== void 0) {
      let data0 = data.to;
      if (Array.isArray(data0)) {
        if (data0.length > 20) {
          const err4 = { instancePath: instancePath + "/to", schemaPath: "#/properties/to/maxItems", keyword: "maxItems", params: { limit: 20 }, message: "must NOT have more than 20 items" };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
        if (data0.length < 1) {
          const err5 = { instancePath: instancePath + "/to", schemaPath: "#/properties/to/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
        const len0 = data0.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data1 = data0[i0];
          if (typeof data1 === "string") {
            if (func3(data1) > 254) {
              const err6 = { instancePath: instancePath + "/to/" + i0, schemaPath: "#/properties/to/items/maxLength", keyword: "maxLength", params: { limit: 254 }, message: "must NOT have more than 254 characters" };
              if (vErrors === null) {
                vErrors = [err6];
              } else {
                vErrors.push(err6);
              }
              errors++;
            }
            if (!pattern60.test(data1)) {
              const err7 = { instancePath: instancePath + "/to/" + i0, schemaPath: "#/properties/to/items/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63})*$" }, message: 'must match pattern "^[A-Za-z0-9.!#$%&\'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63})*$"' };
              if (vErrors === null) {
                vErrors = [err7];
              } else {
                vErrors.push(err7);
              }
              errors++;
            }
          } else {
            const err8 = { instancePath: instancePath + "/to/" + i0, schemaPath: "#/properties/to/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err8];
            } else {
              vErrors.push(err8);
            }
            errors++;
          }
        }
        let i1 = data0.length;
        let j0;
        if (i1 > 1) {
          const indices0 = {};
          for (; i1--; ) {
            let item0 = data0[i1];
            if (typeof item0 !== "string") {
              continue;
            }
            if (typeof indices0[item0] == "number") {
              j0 = indices0[item0];
              const err9 = { instancePath: instancePath + "/to", schemaPath: "#/properties/to/uniqueItems", keyword: "uniqueItems", params: { i: i1, j: j0 }, message: "must NOT have duplicate items (items ## " + j0 + " and " + i1 + " are identical)" };
              if (vErrors === null) {
                vErrors = [err9];
              } else {
                vErrors.push(err9);
              }
              errors++;
              break;
            }
            indices0[item0] = i1;
          }
        }
      } else {
        const err10 = { instancePath: instancePath + "/to", schemaPath: "#/properties/to/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.from !== void 0) {
      let data2 = data.from;
      if (typeof data2 === "string") {
        if (func3(data2) > 254) {
          const err11 = { instancePath: instancePath + "/from", schemaPath: "#/properties/from/maxLength", keyword: "maxLength", params: { limit: 254 }, message: "must NOT have more than 254 characters" };
          if (vErrors === null) {
            vErrors = [err11];
          } else {
            vErrors.push(err11);
          }
          errors++;
        }
        if (!pattern60.test(data2)) {
          const err12 = { instancePath: instancePath + "/from", schemaPath: "#/properties/from/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63})*$" }, message: 'must match pattern "^[A-Za-z0-9.!#$%&\'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63})*$"' };
          if (vErrors === null) {
            vErrors = [err12];
          } else {
            vErrors.push(err12);
          }
          errors++;
        }
      } else {
        const err13 = { instancePath: instancePath + "/from", schemaPath: "#/properties/from/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    }
    if (data.smtp !== void 0) {
      let data3 = data.smtp;
      if (data3 && typeof data3 == "object" && !Array.isArray(data3)) {
        if (data3.host === void 0) {
          const err14 = { instancePath: instancePath + "/smtp", schemaPath: "#/properties/smtp/required", keyword: "required", params: { missingProperty: "host" }, message: "must have required property 'host'" };
          if (vErrors === null) {
            vErrors = [err14];
          } else {
            vErrors.push(err14);
          }
          errors++;
        }
        for (const key1 in data3) {
          if (!(key1 === "host" || key1 === "port" || key1 === "tls" || key1 === "userFile" || key1 === "passwordFile" || key1 === "caFile" || key1 === "timeout")) {
            const err15 = { instancePath: instancePath + "/smtp", schemaPath: "#/properties/smtp/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err15];
            } else {
              vErrors.push(err15);
            }
            errors++;
          }
        }
        if (data3.host !== void 0) {
          let data4 = data3.host;
          if (typeof data4 === "string") {
            if (func3(data4) > 253) {
              const err16 = { instancePath: instancePath + "/smtp/host", schemaPath: "#/properties/smtp/properties/host/maxLength", keyword: "maxLength", params: { limit: 253 }, message: "must NOT have more than 253 characters" };
              if (vErrors === null) {
                vErrors = [err16];
              } else {
                vErrors.push(err16);
              }
              errors++;
            }
            if (func3(data4) < 1) {
              const err17 = { instancePath: instancePath + "/smtp/host", schemaPath: "#/properties/smtp/properties/host/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
              if (vErrors === null) {
                vErrors = [err17];
              } else {
                vErrors.push(err17);
              }
              errors++;
            }
            if (!pattern62.test(data4)) {
              const err18 = { instancePath: instancePath + "/smtp/host", schemaPath: "#/properties/smtp/properties/host/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9.:_-]+$" }, message: 'must match pattern "^[A-Za-z0-9.:_-]+$"' };
              if (vErrors === null) {
                vErrors = [err18];
              } else {
                vErrors.push(err18);
              }
              errors++;
            }
          } else {
            const err19 = { instancePath: instancePath + "/smtp/host", schemaPath: "#/properties/smtp/properties/host/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err19];
            } else {
              vErrors.push(err19);
            }
            errors++;
          }
        }
        if (data3.port !== void 0) {
          let data5 = data3.port;
          if (!(typeof data5 == "number" && (!(data5 % 1) && !isNaN(data5)) && isFinite(data5))) {
            const err20 = { instancePath: instancePath + "/smtp/port", schemaPath: "#/properties/smtp/properties/port/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err20];
            } else {
              vErrors.push(err20);
            }
            errors++;
          }
          if (typeof data5 == "number" && isFinite(data5)) {
            if (data5 > 65535 || isNaN(data5)) {
              const err21 = { instancePath: instancePath + "/smtp/port", schemaPath: "#/properties/smtp/properties/port/maximum", keyword: "maximum", params: { comparison: "<=", limit: 65535 }, message: "must be <= 65535" };
              if (vErrors === null) {
                vErrors = [err21];
              } else {
                vErrors.push(err21);
              }
              errors++;
            }
            if (data5 < 1 || isNaN(data5)) {
              const err22 = { instancePath: instancePath + "/smtp/port", schemaPath: "#/properties/smtp/properties/port/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
              if (vErrors === null) {
                vErrors = [err22];
              } else {
                vErrors.push(err22);
              }
              errors++;
            }
          }
        }
        if (data3.tls !== void 0) {
          let data6 = data3.tls;
          if (typeof data6 !== "string") {
            const err23 = { instancePath: instancePath + "/smtp/tls", schemaPath: "#/properties/smtp/properties/tls/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err23];
            } else {
              vErrors.push(err23);
            }
            errors++;
          }
          if (!(data6 === "starttls" || data6 === "implicit" || data6 === "none-on-loopback")) {
            const err24 = { instancePath: instancePath + "/smtp/tls", schemaPath: "#/properties/smtp/properties/tls/enum", keyword: "enum", params: { allowedValues: schema68.properties.smtp.properties.tls.enum }, message: "must be equal to one of the allowed values" };
            if (vErrors === null) {
              vErrors = [err24];
            } else {
              vErrors.push(err24);
            }
            errors++;
          }
        }
        if (data3.userFile !== void 0) {
          let data7 = data3.userFile;
          if (typeof data7 === "string") {
            if (func3(data7) > 1024) {
              const err25 = { instancePath: instancePath + "/smtp/userFile", schemaPath: "#/properties/smtp/properties/userFile/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" };
              if (vErrors === null) {
                vErrors = [err25];
              } else {
                vErrors.push(err25);
              }
              errors++;
            }
            if (!pattern5.test(data7)) {
              const err26 = { instancePath: instancePath + "/smtp/userFile", schemaPath: "#/properties/smtp/properties/userFile/pattern", keyword: "pattern", params: { pattern: "^/" }, message: 'must match pattern "^/"' };
              if (vErrors === null) {
                vErrors = [err26];
              } else {
                vErrors.push(err26);
              }
              errors++;
            }
          } else {
            const err27 = { instancePath: instancePath + "/smtp/userFile", schemaPath: "#/properties/smtp/properties/userFile/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err27];
            } else {
              vErrors.push(err27);
            }
            errors++;
          }
        }
        if (data3.passwordFile !== void 0) {
          let data8 = data3.passwordFile;
          if (typeof data8 === "string") {
            if (func3(data8) > 1024) {
              const err28 = { instancePath: instancePath + "/smtp/passwordFile", schemaPath: "#/properties/smtp/properties/passwordFile/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" };
              if (vErrors === null) {
                vErrors = [err28];
              } else {
                vErrors.push(err28);
              }
              errors++;
            }
            if (!pattern5.test(data8)) {
              const err29 = { instancePath: instancePath + "/smtp/passwordFile", schemaPath: "#/properties/smtp/properties/passwordFile/pattern", keyword: "pattern", params: { pattern: "^/" }, message: 'must match pattern "^/"' };
              if (vErrors === null) {
                vErrors = [err29];
              } else {
                vErrors.push(err29);
              }
              errors++;
            }
          } else {
            const err30 = { instancePath: instancePath + "/smtp/passwordFile", schemaPath: "#/properties/smtp/properties/passwordFile/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err30];
            } else {
              vErrors.push(err30);
            }
            errors++;
          }
        }
        if (data3.caFile !== void 0) {
          let data9 = data3.caFile;
          if (typeof data9 === "string") {
            if (func3(data9) > 1024) {
              const err31 = { instancePath: instancePath + "/smtp/caFile", schemaPath: "#/properties/smtp/properties/caFile/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" };
              if (vErrors === null) {
                vErrors = [err31];
              } else {
                vErrors.push(err31);
              }
              errors++;
            }
            if (!pattern5.test(data9)) {
              const err32 = { instancePath: instancePath + "/smtp/caFile", schemaPath: "#/properties/smtp/properties/caFile/pattern", keyword: "pattern", params: { pattern: "^/" }, message: 'must match pattern "^/"' };
              if (vErrors === null) {
                vErrors = [err32];
              } else {
                vErrors.push(err32);
              }
              errors++;
            }
          } else {
            const err33 = { instancePath: instancePath + "/smtp/caFile", schemaPath: "#/properties/smtp/properties/caFile/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err33];
            } else {
              vErrors.push(err33);
            }
            errors++;
          }
        }
        if (data3.timeout !== void 0) {
          if (!validate173(data3.timeout, { instancePath: instancePath + "/smtp/timeout", parentData: data3, parentDataProperty: "timeout", rootData })) {
            vErrors = vErrors === null ? validate173.errors : vErrors.concat(validate173.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err34 = { instancePath: instancePath + "/smtp", schemaPath: "#/properties/smtp/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err34];
        } else {
          vErrors.push(err34);
        }
        errors++;
      }
    }
  } else {
    const err35 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err35];
    } else {
      vErrors.push(err35);
    }
    errors++;
  }
  validate281.errors = vErrors;
  return errors === 0;
}
var schema69 = { "description": "A type of message, or a group of them: the word before the point.", "type": "string", "enum": ["device", "device.dark", "device.failed", "device.set-aside", "device.rolled-back", "device.degraded", "device.disk", "device.clock", "device.stale", "device.stopped", "device.doubtful", "trust", "trust.fork", "tunnel", "tunnel.open", "release", "release.made", "release.began", "release.healthy", "release.failed", "release.went-back", "rollout", "rollout.stage", "rollout.paused", "rollout.complete", "rollout.aborted", "enrolment", "enrolment.waiting", "secret", "secret.due", "gateway", "gateway.stopped", "gateway.disk", "gateway.clock"], "$id": "https://towline.dev/schemas/v1/common.notifyEvent.schema.json" };
function validate284(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data !== "string") {
    const err0 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err0];
    } else {
      vErrors.push(err0);
    }
    errors++;
  }
  if (!(data === "device" || data === "device.dark" || data === "device.failed" || data === "device.set-aside" || data === "device.rolled-back" || data === "device.degraded" || data === "device.disk" || data === "device.clock" || data === "device.stale" || data === "device.stopped" || data === "device.doubtful" || data === "trust" || data === "trust.fork" || data === "tunnel" || data === "tunnel.open" || data === "release" || data === "release.made" || data === "release.began" || data === "release.healthy" || data === "release.failed" || data === "release.went-back" || data === "rollout" || data === "rollout.stage" || data === "rollout.paused" || data === "rollout.complete" || data === "rollout.aborted" || data === "enrolment" || data === "enrolment.waiting" || data === "secret" || data === "secret.due" || data === "gateway" || data === "gateway.stopped" || data === "gateway.disk" || data === "gateway.clock")) {
    const err1 = { instancePath, schemaPath: "#/enum", keyword: "enum", params: { allowedValues: schema69.enum }, message: "must be equal to one of the allowed values" };
    if (vErrors === null) {
      vErrors = [err1];
    } else {
      vErrors.push(err1);
    }
    errors++;
  }
  validate284.errors = vErrors;
  return errors === 0;
}
function validate270(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.name === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "name" }, message: "must have required property 'name'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "name" || key0 === "webhook" || key0 === "mail" || key0 === "events" || key0 === "severity" || key0 === "devices" || key0 === "deadMan")) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.name !== void 0) {
      if (!validate24(data.name, { instancePath: instancePath + "/name", parentData: data, parentDataProperty: "name", rootData })) {
        vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
        errors = vErrors.length;
      }
    }
    if (data.webhook !== void 0) {
      if (!validate272(data.webhook, { instancePath: instancePath + "/webhook", parentData: data, parentDataProperty: "webhook", rootData })) {
        vErrors = vErrors === null ? validate272.errors : vErrors.concat(validate272.errors);
        errors = vErrors.length;
      }
    }
    if (data.mail !== void 0) {
      if (!validate281(data.mail, { instancePath: instancePath + "/mail", parentData: data, parentDataProperty: "mail", rootData })) {
        vErrors = vErrors === null ? validate281.errors : vErrors.concat(validate281.errors);
        errors = vErrors.length;
      }
    }
    if (data.events !== void 0) {
      let data3 = data.events;
      if (Array.isArray(data3)) {
        if (data3.length > 64) {
          const err2 = { instancePath: instancePath + "/events", schemaPath: "#/properties/events/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
          if (vErrors === null) {
            vErrors = [err2];
          } else {
            vErrors.push(err2);
          }
          errors++;
        }
        if (data3.length < 1) {
          const err3 = { instancePath: instancePath + "/events", schemaPath: "#/properties/events/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
        const len0 = data3.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (!validate284(data3[i0], { instancePath: instancePath + "/events/" + i0, parentData: data3, parentDataProperty: i0, rootData })) {
            vErrors = vErrors === null ? validate284.errors : vErrors.concat(validate284.errors);
            errors = vErrors.length;
          }
        }
        let i1 = data3.length;
        let j0;
        if (i1 > 1) {
          outer0: for (; i1--; ) {
            for (j0 = i1; j0--; ) {
              if (func0(data3[i1], data3[j0])) {
                const err4 = { instancePath: instancePath + "/events", schemaPath: "#/properties/events/uniqueItems", keyword: "uniqueItems", params: { i: i1, j: j0 }, message: "must NOT have duplicate items (items ## " + j0 + " and " + i1 + " are identical)" };
                if (vErrors === null) {
                  vErrors = [err4];
                } else {
                  vErrors.push(err4);
                }
                errors++;
                break outer0;
              }
            }
          }
        }
      } else {
        const err5 = { instancePath: instancePath + "/events", schemaPath: "#/properties/events/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.severity !== void 0) {
      let data5 = data.severity;
      if (typeof data5 !== "string") {
        const err6 = { instancePath: instancePath + "/severity", schemaPath: "#/properties/severity/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
      if (!(data5 === "info" || data5 === "warning" || data5 === "critical")) {
        const err7 = { instancePath: instancePath + "/severity", schemaPath: "#/properties/severity/enum", keyword: "enum", params: { allowedValues: schema66.properties.severity.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.devices !== void 0) {
      if (!validate180(data.devices, { instancePath: instancePath + "/devices", parentData: data, parentDataProperty: "devices", rootData })) {
        vErrors = vErrors === null ? validate180.errors : vErrors.concat(validate180.errors);
        errors = vErrors.length;
      }
    }
    if (data.deadMan !== void 0) {
      let data7 = data.deadMan;
      if (data7 && typeof data7 == "object" && !Array.isArray(data7)) {
        if (data7.every === void 0) {
          const err8 = { instancePath: instancePath + "/deadMan", schemaPath: "#/properties/deadMan/required", keyword: "required", params: { missingProperty: "every" }, message: "must have required property 'every'" };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
        for (const key1 in data7) {
          if (!(key1 === "every")) {
            const err9 = { instancePath: instancePath + "/deadMan", schemaPath: "#/properties/deadMan/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err9];
            } else {
              vErrors.push(err9);
            }
            errors++;
          }
        }
        if (data7.every !== void 0) {
          if (!validate46(data7.every, { instancePath: instancePath + "/deadMan/every", parentData: data7, parentDataProperty: "every", rootData })) {
            vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err10 = { instancePath: instancePath + "/deadMan", schemaPath: "#/properties/deadMan/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
  } else {
    const err11 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err11];
    } else {
      vErrors.push(err11);
    }
    errors++;
  }
  validate270.errors = vErrors;
  return errors === 0;
}
var pattern66 = new RegExp("^https?://[^\\s]*\\{commit\\}[^\\s]*$", "u");
var pattern72 = new RegExp("^https?://", "u");
function validate150(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.apiVersion === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "apiVersion" }, message: "must have required property 'apiVersion'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.fleet === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "fleet" }, message: "must have required property 'fleet'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.anchor === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "anchor" }, message: "must have required property 'anchor'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func2.call(schema44.properties, key0)) {
        const err3 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.apiVersion !== void 0) {
      if (!validate22(data.apiVersion, { instancePath: instancePath + "/apiVersion", parentData: data, parentDataProperty: "apiVersion", rootData })) {
        vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
        errors = vErrors.length;
      }
    }
    if (data.fleet !== void 0) {
      if (!validate24(data.fleet, { instancePath: instancePath + "/fleet", parentData: data, parentDataProperty: "fleet", rootData })) {
        vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
        errors = vErrors.length;
      }
    }
    if (data.anchor !== void 0) {
      if (!validate35(data.anchor, { instancePath: instancePath + "/anchor", parentData: data, parentDataProperty: "anchor", rootData })) {
        vErrors = vErrors === null ? validate35.errors : vErrors.concat(validate35.errors);
        errors = vErrors.length;
      }
    }
    if (data.stateDirectory !== void 0) {
      if (typeof data.stateDirectory !== "string") {
        const err4 = { instancePath: instancePath + "/stateDirectory", schemaPath: "#/properties/stateDirectory/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.listen !== void 0) {
      let data4 = data.listen;
      if (data4 && typeof data4 == "object" && !Array.isArray(data4)) {
        for (const key1 in data4) {
          if (!(key1 === "devices" || key1 === "people" || key1 === "internal" || key1 === "webhooks")) {
            const err5 = { instancePath: instancePath + "/listen", schemaPath: "#/properties/listen/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err5];
            } else {
              vErrors.push(err5);
            }
            errors++;
          }
        }
        if (data4.devices !== void 0) {
          if (typeof data4.devices !== "string") {
            const err6 = { instancePath: instancePath + "/listen/devices", schemaPath: "#/properties/listen/properties/devices/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err6];
            } else {
              vErrors.push(err6);
            }
            errors++;
          }
        }
        if (data4.people !== void 0) {
          if (typeof data4.people !== "string") {
            const err7 = { instancePath: instancePath + "/listen/people", schemaPath: "#/properties/listen/properties/people/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err7];
            } else {
              vErrors.push(err7);
            }
            errors++;
          }
        }
        if (data4.internal !== void 0) {
          if (typeof data4.internal !== "string") {
            const err8 = { instancePath: instancePath + "/listen/internal", schemaPath: "#/properties/listen/properties/internal/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err8];
            } else {
              vErrors.push(err8);
            }
            errors++;
          }
        }
        if (data4.webhooks !== void 0) {
          if (typeof data4.webhooks !== "string") {
            const err9 = { instancePath: instancePath + "/listen/webhooks", schemaPath: "#/properties/listen/properties/webhooks/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err9];
            } else {
              vErrors.push(err9);
            }
            errors++;
          }
        }
      } else {
        const err10 = { instancePath: instancePath + "/listen", schemaPath: "#/properties/listen/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.limits !== void 0) {
      let data9 = data.limits;
      if (data9 && typeof data9 == "object" && !Array.isArray(data9)) {
        for (const key2 in data9) {
          if (!func2.call(schema44.properties.limits.properties, key2)) {
            const err11 = { instancePath: instancePath + "/limits", schemaPath: "#/properties/limits/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err11];
            } else {
              vErrors.push(err11);
            }
            errors++;
          }
        }
        if (data9.maxPushBytes !== void 0) {
          if (!validate51(data9.maxPushBytes, { instancePath: instancePath + "/limits/maxPushBytes", parentData: data9, parentDataProperty: "maxPushBytes", rootData })) {
            vErrors = vErrors === null ? validate51.errors : vErrors.concat(validate51.errors);
            errors = vErrors.length;
          }
        }
        if (data9.maxPushObjects !== void 0) {
          let data11 = data9.maxPushObjects;
          if (!(typeof data11 == "number" && (!(data11 % 1) && !isNaN(data11)) && isFinite(data11))) {
            const err12 = { instancePath: instancePath + "/limits/maxPushObjects", schemaPath: "#/properties/limits/properties/maxPushObjects/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err12];
            } else {
              vErrors.push(err12);
            }
            errors++;
          }
          if (typeof data11 == "number" && isFinite(data11)) {
            if (data11 < 1 || isNaN(data11)) {
              const err13 = { instancePath: instancePath + "/limits/maxPushObjects", schemaPath: "#/properties/limits/properties/maxPushObjects/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
              if (vErrors === null) {
                vErrors = [err13];
              } else {
                vErrors.push(err13);
              }
              errors++;
            }
          }
        }
        if (data9.requestsPerMinute !== void 0) {
          let data12 = data9.requestsPerMinute;
          if (!(typeof data12 == "number" && (!(data12 % 1) && !isNaN(data12)) && isFinite(data12))) {
            const err14 = { instancePath: instancePath + "/limits/requestsPerMinute", schemaPath: "#/properties/limits/properties/requestsPerMinute/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err14];
            } else {
              vErrors.push(err14);
            }
            errors++;
          }
          if (typeof data12 == "number" && isFinite(data12)) {
            if (data12 < 60 || isNaN(data12)) {
              const err15 = { instancePath: instancePath + "/limits/requestsPerMinute", schemaPath: "#/properties/limits/properties/requestsPerMinute/minimum", keyword: "minimum", params: { comparison: ">=", limit: 60 }, message: "must be >= 60" };
              if (vErrors === null) {
                vErrors = [err15];
              } else {
                vErrors.push(err15);
              }
              errors++;
            }
          }
        }
        if (data9.pushesPerMinute !== void 0) {
          let data13 = data9.pushesPerMinute;
          if (!(typeof data13 == "number" && (!(data13 % 1) && !isNaN(data13)) && isFinite(data13))) {
            const err16 = { instancePath: instancePath + "/limits/pushesPerMinute", schemaPath: "#/properties/limits/properties/pushesPerMinute/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err16];
            } else {
              vErrors.push(err16);
            }
            errors++;
          }
          if (typeof data13 == "number" && isFinite(data13)) {
            if (data13 < 1 || isNaN(data13)) {
              const err17 = { instancePath: instancePath + "/limits/pushesPerMinute", schemaPath: "#/properties/limits/properties/pushesPerMinute/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
              if (vErrors === null) {
                vErrors = [err17];
              } else {
                vErrors.push(err17);
              }
              errors++;
            }
          }
        }
        if (data9.packCacheBytes !== void 0) {
          if (!validate51(data9.packCacheBytes, { instancePath: instancePath + "/limits/packCacheBytes", parentData: data9, parentDataProperty: "packCacheBytes", rootData })) {
            vErrors = vErrors === null ? validate51.errors : vErrors.concat(validate51.errors);
            errors = vErrors.length;
          }
        }
        if (data9.packDiskBytes !== void 0) {
          if (!validate51(data9.packDiskBytes, { instancePath: instancePath + "/limits/packDiskBytes", parentData: data9, parentDataProperty: "packDiskBytes", rootData })) {
            vErrors = vErrors === null ? validate51.errors : vErrors.concat(validate51.errors);
            errors = vErrors.length;
          }
        }
        if (data9.fetchesPerMinute !== void 0) {
          let data16 = data9.fetchesPerMinute;
          if (!(typeof data16 == "number" && (!(data16 % 1) && !isNaN(data16)) && isFinite(data16))) {
            const err18 = { instancePath: instancePath + "/limits/fetchesPerMinute", schemaPath: "#/properties/limits/properties/fetchesPerMinute/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err18];
            } else {
              vErrors.push(err18);
            }
            errors++;
          }
          if (typeof data16 == "number" && isFinite(data16)) {
            if (data16 < 1 || isNaN(data16)) {
              const err19 = { instancePath: instancePath + "/limits/fetchesPerMinute", schemaPath: "#/properties/limits/properties/fetchesPerMinute/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
              if (vErrors === null) {
                vErrors = [err19];
              } else {
                vErrors.push(err19);
              }
              errors++;
            }
          }
        }
        if (data9.requests !== void 0) {
          let data17 = data9.requests;
          if (!(typeof data17 == "number" && (!(data17 % 1) && !isNaN(data17)) && isFinite(data17))) {
            const err20 = { instancePath: instancePath + "/limits/requests", schemaPath: "#/properties/limits/properties/requests/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err20];
            } else {
              vErrors.push(err20);
            }
            errors++;
          }
          if (typeof data17 == "number" && isFinite(data17)) {
            if (data17 < 2 || isNaN(data17)) {
              const err21 = { instancePath: instancePath + "/limits/requests", schemaPath: "#/properties/limits/properties/requests/minimum", keyword: "minimum", params: { comparison: ">=", limit: 2 }, message: "must be >= 2" };
              if (vErrors === null) {
                vErrors = [err21];
              } else {
                vErrors.push(err21);
              }
              errors++;
            }
          }
        }
        if (data9.connections !== void 0) {
          let data18 = data9.connections;
          if (!(typeof data18 == "number" && (!(data18 % 1) && !isNaN(data18)) && isFinite(data18))) {
            const err22 = { instancePath: instancePath + "/limits/connections", schemaPath: "#/properties/limits/properties/connections/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err22];
            } else {
              vErrors.push(err22);
            }
            errors++;
          }
          if (typeof data18 == "number" && isFinite(data18)) {
            if (data18 < 2 || isNaN(data18)) {
              const err23 = { instancePath: instancePath + "/limits/connections", schemaPath: "#/properties/limits/properties/connections/minimum", keyword: "minimum", params: { comparison: ">=", limit: 2 }, message: "must be >= 2" };
              if (vErrors === null) {
                vErrors = [err23];
              } else {
                vErrors.push(err23);
              }
              errors++;
            }
          }
        }
        if (data9.handshakes !== void 0) {
          let data19 = data9.handshakes;
          if (!(typeof data19 == "number" && (!(data19 % 1) && !isNaN(data19)) && isFinite(data19))) {
            const err24 = { instancePath: instancePath + "/limits/handshakes", schemaPath: "#/properties/limits/properties/handshakes/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err24];
            } else {
              vErrors.push(err24);
            }
            errors++;
          }
          if (typeof data19 == "number" && isFinite(data19)) {
            if (data19 < 16 || isNaN(data19)) {
              const err25 = { instancePath: instancePath + "/limits/handshakes", schemaPath: "#/properties/limits/properties/handshakes/minimum", keyword: "minimum", params: { comparison: ">=", limit: 16 }, message: "must be >= 16" };
              if (vErrors === null) {
                vErrors = [err25];
              } else {
                vErrors.push(err25);
              }
              errors++;
            }
          }
        }
        if (data9.requestTimeout !== void 0) {
          if (!validate46(data9.requestTimeout, { instancePath: instancePath + "/limits/requestTimeout", parentData: data9, parentDataProperty: "requestTimeout", rootData })) {
            vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
            errors = vErrors.length;
          }
        }
        if (data9.gitProcesses !== void 0) {
          let data21 = data9.gitProcesses;
          if (!(typeof data21 == "number" && (!(data21 % 1) && !isNaN(data21)) && isFinite(data21))) {
            const err26 = { instancePath: instancePath + "/limits/gitProcesses", schemaPath: "#/properties/limits/properties/gitProcesses/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err26];
            } else {
              vErrors.push(err26);
            }
            errors++;
          }
          if (typeof data21 == "number" && isFinite(data21)) {
            if (data21 < 1 || isNaN(data21)) {
              const err27 = { instancePath: instancePath + "/limits/gitProcesses", schemaPath: "#/properties/limits/properties/gitProcesses/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
              if (vErrors === null) {
                vErrors = [err27];
              } else {
                vErrors.push(err27);
              }
              errors++;
            }
          }
        }
      } else {
        const err28 = { instancePath: instancePath + "/limits", schemaPath: "#/properties/limits/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err28];
        } else {
          vErrors.push(err28);
        }
        errors++;
      }
    }
    if (data.telemetry !== void 0) {
      let data22 = data.telemetry;
      if (data22 && typeof data22 == "object" && !Array.isArray(data22)) {
        for (const key3 in data22) {
          if (!(key3 === "keep" || key3 === "statusInterval")) {
            const err29 = { instancePath: instancePath + "/telemetry", schemaPath: "#/properties/telemetry/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err29];
            } else {
              vErrors.push(err29);
            }
            errors++;
          }
        }
        if (data22.keep !== void 0) {
          if (!validate46(data22.keep, { instancePath: instancePath + "/telemetry/keep", parentData: data22, parentDataProperty: "keep", rootData })) {
            vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
            errors = vErrors.length;
          }
        }
        if (data22.statusInterval !== void 0) {
          if (!validate46(data22.statusInterval, { instancePath: instancePath + "/telemetry/statusInterval", parentData: data22, parentDataProperty: "statusInterval", rootData })) {
            vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err30 = { instancePath: instancePath + "/telemetry", schemaPath: "#/properties/telemetry/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err30];
        } else {
          vErrors.push(err30);
        }
        errors++;
      }
    }
    if (data.sinks !== void 0) {
      let data25 = data.sinks;
      if (data25 && typeof data25 == "object" && !Array.isArray(data25)) {
        if (Object.keys(data25).length > 64) {
          const err31 = { instancePath: instancePath + "/sinks", schemaPath: "#/properties/sinks/maxProperties", keyword: "maxProperties", params: { limit: 64 }, message: "must NOT have more than 64 properties" };
          if (vErrors === null) {
            vErrors = [err31];
          } else {
            vErrors.push(err31);
          }
          errors++;
        }
        for (const key4 in data25) {
          const _errs48 = errors;
          if (!validate24(key4, { instancePath: instancePath + "/sinks", parentData: data25, parentDataProperty: "sinks", rootData })) {
            vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
            errors = vErrors.length;
          }
          var valid4 = _errs48 === errors;
          if (!valid4) {
            const err32 = { instancePath: instancePath + "/sinks", schemaPath: "#/properties/sinks/propertyNames", keyword: "propertyNames", params: { propertyName: key4 }, message: "property name must be valid" };
            if (vErrors === null) {
              vErrors = [err32];
            } else {
              vErrors.push(err32);
            }
            errors++;
          }
        }
        for (const key5 in data25) {
          let data26 = data25[key5];
          if (data26 && typeof data26 == "object" && !Array.isArray(data26)) {
            if (data26.kind === void 0) {
              const err33 = { instancePath: instancePath + "/sinks/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/sinks/additionalProperties/required", keyword: "required", params: { missingProperty: "kind" }, message: "must have required property 'kind'" };
              if (vErrors === null) {
                vErrors = [err33];
              } else {
                vErrors.push(err33);
              }
              errors++;
            }
            const tag0 = data26.kind;
            if (typeof tag0 == "string") {
              if (tag0 === "elasticsearch") {
                if (!validate161(data26, { instancePath: instancePath + "/sinks/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data25, parentDataProperty: key5, rootData })) {
                  vErrors = vErrors === null ? validate161.errors : vErrors.concat(validate161.errors);
                  errors = vErrors.length;
                }
              } else if (tag0 === "file") {
                if (!validate192(data26, { instancePath: instancePath + "/sinks/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data25, parentDataProperty: key5, rootData })) {
                  vErrors = vErrors === null ? validate192.errors : vErrors.concat(validate192.errors);
                  errors = vErrors.length;
                }
              } else if (tag0 === "fluentd") {
                if (!validate197(data26, { instancePath: instancePath + "/sinks/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data25, parentDataProperty: key5, rootData })) {
                  vErrors = vErrors === null ? validate197.errors : vErrors.concat(validate197.errors);
                  errors = vErrors.length;
                }
              } else if (tag0 === "gelf") {
                if (!validate207(data26, { instancePath: instancePath + "/sinks/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data25, parentDataProperty: key5, rootData })) {
                  vErrors = vErrors === null ? validate207.errors : vErrors.concat(validate207.errors);
                  errors = vErrors.length;
                }
              } else if (tag0 === "loki") {
                if (!validate215(data26, { instancePath: instancePath + "/sinks/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data25, parentDataProperty: key5, rootData })) {
                  vErrors = vErrors === null ? validate215.errors : vErrors.concat(validate215.errors);
                  errors = vErrors.length;
                }
              } else if (tag0 === "otlp") {
                if (!validate226(data26, { instancePath: instancePath + "/sinks/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data25, parentDataProperty: key5, rootData })) {
                  vErrors = vErrors === null ? validate226.errors : vErrors.concat(validate226.errors);
                  errors = vErrors.length;
                }
              } else if (tag0 === "prometheus") {
                if (!validate237(data26, { instancePath: instancePath + "/sinks/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data25, parentDataProperty: key5, rootData })) {
                  vErrors = vErrors === null ? validate237.errors : vErrors.concat(validate237.errors);
                  errors = vErrors.length;
                }
              } else if (tag0 === "remote-write") {
                if (!validate242(data26, { instancePath: instancePath + "/sinks/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data25, parentDataProperty: key5, rootData })) {
                  vErrors = vErrors === null ? validate242.errors : vErrors.concat(validate242.errors);
                  errors = vErrors.length;
                }
              } else if (tag0 === "syslog") {
                if (!validate253(data26, { instancePath: instancePath + "/sinks/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"), parentData: data25, parentDataProperty: key5, rootData })) {
                  vErrors = vErrors === null ? validate253.errors : vErrors.concat(validate253.errors);
                  errors = vErrors.length;
                }
              } else {
                const err34 = { instancePath: instancePath + "/sinks/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/sinks/additionalProperties/discriminator", keyword: "discriminator", params: { error: "mapping", tag: "kind", tagValue: tag0 }, message: 'value of tag "kind" must be in oneOf' };
                if (vErrors === null) {
                  vErrors = [err34];
                } else {
                  vErrors.push(err34);
                }
                errors++;
              }
            } else {
              const err35 = { instancePath: instancePath + "/sinks/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/sinks/additionalProperties/discriminator", keyword: "discriminator", params: { error: "tag", tag: "kind", tagValue: tag0 }, message: 'tag "kind" must be string' };
              if (vErrors === null) {
                vErrors = [err35];
              } else {
                vErrors.push(err35);
              }
              errors++;
            }
          } else {
            const err36 = { instancePath: instancePath + "/sinks/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/sinks/additionalProperties/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err36];
            } else {
              vErrors.push(err36);
            }
            errors++;
          }
        }
      } else {
        const err37 = { instancePath: instancePath + "/sinks", schemaPath: "#/properties/sinks/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err37];
        } else {
          vErrors.push(err37);
        }
        errors++;
      }
    }
    if (data.notify !== void 0) {
      let data27 = data.notify;
      if (Array.isArray(data27)) {
        if (data27.length > 32) {
          const err38 = { instancePath: instancePath + "/notify", schemaPath: "#/properties/notify/maxItems", keyword: "maxItems", params: { limit: 32 }, message: "must NOT have more than 32 items" };
          if (vErrors === null) {
            vErrors = [err38];
          } else {
            vErrors.push(err38);
          }
          errors++;
        }
        const len0 = data27.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (!validate270(data27[i0], { instancePath: instancePath + "/notify/" + i0, parentData: data27, parentDataProperty: i0, rootData })) {
            vErrors = vErrors === null ? validate270.errors : vErrors.concat(validate270.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err39 = { instancePath: instancePath + "/notify", schemaPath: "#/properties/notify/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err39];
        } else {
          vErrors.push(err39);
        }
        errors++;
      }
    }
    if (data.links !== void 0) {
      let data29 = data.links;
      if (data29 && typeof data29 == "object" && !Array.isArray(data29)) {
        for (const key6 in data29) {
          if (!(key6 === "commit")) {
            const err40 = { instancePath: instancePath + "/links", schemaPath: "#/properties/links/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key6 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err40];
            } else {
              vErrors.push(err40);
            }
            errors++;
          }
        }
        if (data29.commit !== void 0) {
          let data30 = data29.commit;
          if (typeof data30 === "string") {
            if (func3(data30) > 2048) {
              const err41 = { instancePath: instancePath + "/links/commit", schemaPath: "#/properties/links/properties/commit/maxLength", keyword: "maxLength", params: { limit: 2048 }, message: "must NOT have more than 2048 characters" };
              if (vErrors === null) {
                vErrors = [err41];
              } else {
                vErrors.push(err41);
              }
              errors++;
            }
            if (!pattern66.test(data30)) {
              const err42 = { instancePath: instancePath + "/links/commit", schemaPath: "#/properties/links/properties/commit/pattern", keyword: "pattern", params: { pattern: "^https?://[^\\s]*\\{commit\\}[^\\s]*$" }, message: 'must match pattern "^https?://[^\\s]*\\{commit\\}[^\\s]*$"' };
              if (vErrors === null) {
                vErrors = [err42];
              } else {
                vErrors.push(err42);
              }
              errors++;
            }
          } else {
            const err43 = { instancePath: instancePath + "/links/commit", schemaPath: "#/properties/links/properties/commit/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err43];
            } else {
              vErrors.push(err43);
            }
            errors++;
          }
        }
      } else {
        const err44 = { instancePath: instancePath + "/links", schemaPath: "#/properties/links/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err44];
        } else {
          vErrors.push(err44);
        }
        errors++;
      }
    }
    if (data.pushes !== void 0) {
      let data31 = data.pushes;
      if (data31 && typeof data31 == "object" && !Array.isArray(data31)) {
        for (const key7 in data31) {
          if (!(key7 === "untrusted")) {
            const err45 = { instancePath: instancePath + "/pushes", schemaPath: "#/properties/pushes/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key7 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err45];
            } else {
              vErrors.push(err45);
            }
            errors++;
          }
        }
        if (data31.untrusted !== void 0) {
          let data32 = data31.untrusted;
          if (typeof data32 !== "string") {
            const err46 = { instancePath: instancePath + "/pushes/untrusted", schemaPath: "#/properties/pushes/properties/untrusted/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err46];
            } else {
              vErrors.push(err46);
            }
            errors++;
          }
          if (!(data32 === "tell" || data32 === "refuse")) {
            const err47 = { instancePath: instancePath + "/pushes/untrusted", schemaPath: "#/properties/pushes/properties/untrusted/enum", keyword: "enum", params: { allowedValues: schema44.properties.pushes.properties.untrusted.enum }, message: "must be equal to one of the allowed values" };
            if (vErrors === null) {
              vErrors = [err47];
            } else {
              vErrors.push(err47);
            }
            errors++;
          }
        }
      } else {
        const err48 = { instancePath: instancePath + "/pushes", schemaPath: "#/properties/pushes/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err48];
        } else {
          vErrors.push(err48);
        }
        errors++;
      }
    }
    if (data.recordings !== void 0) {
      let data33 = data.recordings;
      if (data33 && typeof data33 == "object" && !Array.isArray(data33)) {
        for (const key8 in data33) {
          if (!(key8 === "keep" || key8 === "maxBytes" || key8 === "maxBytesPerDevice")) {
            const err49 = { instancePath: instancePath + "/recordings", schemaPath: "#/properties/recordings/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key8 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err49];
            } else {
              vErrors.push(err49);
            }
            errors++;
          }
        }
        if (data33.keep !== void 0) {
          if (!validate46(data33.keep, { instancePath: instancePath + "/recordings/keep", parentData: data33, parentDataProperty: "keep", rootData })) {
            vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
            errors = vErrors.length;
          }
        }
        if (data33.maxBytes !== void 0) {
          if (!validate51(data33.maxBytes, { instancePath: instancePath + "/recordings/maxBytes", parentData: data33, parentDataProperty: "maxBytes", rootData })) {
            vErrors = vErrors === null ? validate51.errors : vErrors.concat(validate51.errors);
            errors = vErrors.length;
          }
        }
        if (data33.maxBytesPerDevice !== void 0) {
          if (!validate51(data33.maxBytesPerDevice, { instancePath: instancePath + "/recordings/maxBytesPerDevice", parentData: data33, parentDataProperty: "maxBytesPerDevice", rootData })) {
            vErrors = vErrors === null ? validate51.errors : vErrors.concat(validate51.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err50 = { instancePath: instancePath + "/recordings", schemaPath: "#/properties/recordings/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err50];
        } else {
          vErrors.push(err50);
        }
        errors++;
      }
    }
    if (data.registries !== void 0) {
      let data37 = data.registries;
      if (data37 && typeof data37 == "object" && !Array.isArray(data37)) {
        if (Object.keys(data37).length > 32) {
          const err51 = { instancePath: instancePath + "/registries", schemaPath: "#/properties/registries/maxProperties", keyword: "maxProperties", params: { limit: 32 }, message: "must NOT have more than 32 properties" };
          if (vErrors === null) {
            vErrors = [err51];
          } else {
            vErrors.push(err51);
          }
          errors++;
        }
        for (const key9 in data37) {
          const _errs83 = errors;
          if (typeof key9 === "string") {
            if (func3(key9) > 255) {
              const err52 = { instancePath: instancePath + "/registries", schemaPath: "#/properties/registries/propertyNames/maxLength", keyword: "maxLength", params: { limit: 255 }, message: "must NOT have more than 255 characters", propertyName: key9 };
              if (vErrors === null) {
                vErrors = [err52];
              } else {
                vErrors.push(err52);
              }
              errors++;
            }
            if (!pattern33.test(key9)) {
              const err53 = { instancePath: instancePath + "/registries", schemaPath: "#/properties/registries/propertyNames/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?$" }, message: 'must match pattern "^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?$"', propertyName: key9 };
              if (vErrors === null) {
                vErrors = [err53];
              } else {
                vErrors.push(err53);
              }
              errors++;
            }
          } else {
            const err54 = { instancePath: instancePath + "/registries", schemaPath: "#/properties/registries/propertyNames/type", keyword: "type", params: { type: "string" }, message: "must be string", propertyName: key9 };
            if (vErrors === null) {
              vErrors = [err54];
            } else {
              vErrors.push(err54);
            }
            errors++;
          }
          var valid21 = _errs83 === errors;
          if (!valid21) {
            const err55 = { instancePath: instancePath + "/registries", schemaPath: "#/properties/registries/propertyNames", keyword: "propertyNames", params: { propertyName: key9 }, message: "property name must be valid" };
            if (vErrors === null) {
              vErrors = [err55];
            } else {
              vErrors.push(err55);
            }
            errors++;
          }
        }
        for (const key10 in data37) {
          let data38 = data37[key10];
          if (data38 && typeof data38 == "object" && !Array.isArray(data38)) {
            if (data38.url === void 0) {
              const err56 = { instancePath: instancePath + "/registries/" + key10.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/registries/additionalProperties/required", keyword: "required", params: { missingProperty: "url" }, message: "must have required property 'url'" };
              if (vErrors === null) {
                vErrors = [err56];
              } else {
                vErrors.push(err56);
              }
              errors++;
            }
            for (const key11 in data38) {
              if (!(key11 === "url" || key11 === "username" || key11 === "passwordFile" || key11 === "tokenFile" || key11 === "caFile")) {
                const err57 = { instancePath: instancePath + "/registries/" + key10.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/registries/additionalProperties/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key11 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err57];
                } else {
                  vErrors.push(err57);
                }
                errors++;
              }
            }
            if (data38.url !== void 0) {
              let data39 = data38.url;
              if (typeof data39 === "string") {
                if (func3(data39) > 2048) {
                  const err58 = { instancePath: instancePath + "/registries/" + key10.replace(/~/g, "~0").replace(/\//g, "~1") + "/url", schemaPath: "#/properties/registries/additionalProperties/properties/url/maxLength", keyword: "maxLength", params: { limit: 2048 }, message: "must NOT have more than 2048 characters" };
                  if (vErrors === null) {
                    vErrors = [err58];
                  } else {
                    vErrors.push(err58);
                  }
                  errors++;
                }
                if (!pattern40.test(data39)) {
                  const err59 = { instancePath: instancePath + "/registries/" + key10.replace(/~/g, "~0").replace(/\//g, "~1") + "/url", schemaPath: "#/properties/registries/additionalProperties/properties/url/pattern", keyword: "pattern", params: { pattern: "^https?://[^\\s/@?#]+(/[^\\s?#]*)?$" }, message: 'must match pattern "^https?://[^\\s/@?#]+(/[^\\s?#]*)?$"' };
                  if (vErrors === null) {
                    vErrors = [err59];
                  } else {
                    vErrors.push(err59);
                  }
                  errors++;
                }
              } else {
                const err60 = { instancePath: instancePath + "/registries/" + key10.replace(/~/g, "~0").replace(/\//g, "~1") + "/url", schemaPath: "#/properties/registries/additionalProperties/properties/url/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err60];
                } else {
                  vErrors.push(err60);
                }
                errors++;
              }
            }
            if (data38.username !== void 0) {
              let data40 = data38.username;
              if (typeof data40 === "string") {
                if (func3(data40) > 255) {
                  const err61 = { instancePath: instancePath + "/registries/" + key10.replace(/~/g, "~0").replace(/\//g, "~1") + "/username", schemaPath: "#/properties/registries/additionalProperties/properties/username/maxLength", keyword: "maxLength", params: { limit: 255 }, message: "must NOT have more than 255 characters" };
                  if (vErrors === null) {
                    vErrors = [err61];
                  } else {
                    vErrors.push(err61);
                  }
                  errors++;
                }
                if (func3(data40) < 1) {
                  const err62 = { instancePath: instancePath + "/registries/" + key10.replace(/~/g, "~0").replace(/\//g, "~1") + "/username", schemaPath: "#/properties/registries/additionalProperties/properties/username/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
                  if (vErrors === null) {
                    vErrors = [err62];
                  } else {
                    vErrors.push(err62);
                  }
                  errors++;
                }
              } else {
                const err63 = { instancePath: instancePath + "/registries/" + key10.replace(/~/g, "~0").replace(/\//g, "~1") + "/username", schemaPath: "#/properties/registries/additionalProperties/properties/username/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err63];
                } else {
                  vErrors.push(err63);
                }
                errors++;
              }
            }
            if (data38.passwordFile !== void 0) {
              let data41 = data38.passwordFile;
              if (typeof data41 === "string") {
                if (func3(data41) > 1024) {
                  const err64 = { instancePath: instancePath + "/registries/" + key10.replace(/~/g, "~0").replace(/\//g, "~1") + "/passwordFile", schemaPath: "#/properties/registries/additionalProperties/properties/passwordFile/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" };
                  if (vErrors === null) {
                    vErrors = [err64];
                  } else {
                    vErrors.push(err64);
                  }
                  errors++;
                }
                if (!pattern5.test(data41)) {
                  const err65 = { instancePath: instancePath + "/registries/" + key10.replace(/~/g, "~0").replace(/\//g, "~1") + "/passwordFile", schemaPath: "#/properties/registries/additionalProperties/properties/passwordFile/pattern", keyword: "pattern", params: { pattern: "^/" }, message: 'must match pattern "^/"' };
                  if (vErrors === null) {
                    vErrors = [err65];
                  } else {
                    vErrors.push(err65);
                  }
                  errors++;
                }
              } else {
                const err66 = { instancePath: instancePath + "/registries/" + key10.replace(/~/g, "~0").replace(/\//g, "~1") + "/passwordFile", schemaPath: "#/properties/registries/additionalProperties/properties/passwordFile/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err66];
                } else {
                  vErrors.push(err66);
                }
                errors++;
              }
            }
            if (data38.tokenFile !== void 0) {
              let data42 = data38.tokenFile;
              if (typeof data42 === "string") {
                if (func3(data42) > 1024) {
                  const err67 = { instancePath: instancePath + "/registries/" + key10.replace(/~/g, "~0").replace(/\//g, "~1") + "/tokenFile", schemaPath: "#/properties/registries/additionalProperties/properties/tokenFile/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" };
                  if (vErrors === null) {
                    vErrors = [err67];
                  } else {
                    vErrors.push(err67);
                  }
                  errors++;
                }
                if (!pattern5.test(data42)) {
                  const err68 = { instancePath: instancePath + "/registries/" + key10.replace(/~/g, "~0").replace(/\//g, "~1") + "/tokenFile", schemaPath: "#/properties/registries/additionalProperties/properties/tokenFile/pattern", keyword: "pattern", params: { pattern: "^/" }, message: 'must match pattern "^/"' };
                  if (vErrors === null) {
                    vErrors = [err68];
                  } else {
                    vErrors.push(err68);
                  }
                  errors++;
                }
              } else {
                const err69 = { instancePath: instancePath + "/registries/" + key10.replace(/~/g, "~0").replace(/\//g, "~1") + "/tokenFile", schemaPath: "#/properties/registries/additionalProperties/properties/tokenFile/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err69];
                } else {
                  vErrors.push(err69);
                }
                errors++;
              }
            }
            if (data38.caFile !== void 0) {
              let data43 = data38.caFile;
              if (typeof data43 === "string") {
                if (func3(data43) > 1024) {
                  const err70 = { instancePath: instancePath + "/registries/" + key10.replace(/~/g, "~0").replace(/\//g, "~1") + "/caFile", schemaPath: "#/properties/registries/additionalProperties/properties/caFile/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" };
                  if (vErrors === null) {
                    vErrors = [err70];
                  } else {
                    vErrors.push(err70);
                  }
                  errors++;
                }
                if (!pattern5.test(data43)) {
                  const err71 = { instancePath: instancePath + "/registries/" + key10.replace(/~/g, "~0").replace(/\//g, "~1") + "/caFile", schemaPath: "#/properties/registries/additionalProperties/properties/caFile/pattern", keyword: "pattern", params: { pattern: "^/" }, message: 'must match pattern "^/"' };
                  if (vErrors === null) {
                    vErrors = [err71];
                  } else {
                    vErrors.push(err71);
                  }
                  errors++;
                }
              } else {
                const err72 = { instancePath: instancePath + "/registries/" + key10.replace(/~/g, "~0").replace(/\//g, "~1") + "/caFile", schemaPath: "#/properties/registries/additionalProperties/properties/caFile/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err72];
                } else {
                  vErrors.push(err72);
                }
                errors++;
              }
            }
          } else {
            const err73 = { instancePath: instancePath + "/registries/" + key10.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/registries/additionalProperties/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err73];
            } else {
              vErrors.push(err73);
            }
            errors++;
          }
        }
      } else {
        const err74 = { instancePath: instancePath + "/registries", schemaPath: "#/properties/registries/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err74];
        } else {
          vErrors.push(err74);
        }
        errors++;
      }
    }
    if (data.registryCache !== void 0) {
      let data44 = data.registryCache;
      if (data44 && typeof data44 == "object" && !Array.isArray(data44)) {
        for (const key12 in data44) {
          if (!(key12 === "maxBytes")) {
            const err75 = { instancePath: instancePath + "/registryCache", schemaPath: "#/properties/registryCache/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key12 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err75];
            } else {
              vErrors.push(err75);
            }
            errors++;
          }
        }
        if (data44.maxBytes !== void 0) {
          if (!validate51(data44.maxBytes, { instancePath: instancePath + "/registryCache/maxBytes", parentData: data44, parentDataProperty: "maxBytes", rootData })) {
            vErrors = vErrors === null ? validate51.errors : vErrors.concat(validate51.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err76 = { instancePath: instancePath + "/registryCache", schemaPath: "#/properties/registryCache/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err76];
        } else {
          vErrors.push(err76);
        }
        errors++;
      }
    }
    if (data.upstream !== void 0) {
      let data46 = data.upstream;
      if (data46 && typeof data46 == "object" && !Array.isArray(data46)) {
        if (data46.url === void 0) {
          const err77 = { instancePath: instancePath + "/upstream", schemaPath: "#/properties/upstream/required", keyword: "required", params: { missingProperty: "url" }, message: "must have required property 'url'" };
          if (vErrors === null) {
            vErrors = [err77];
          } else {
            vErrors.push(err77);
          }
          errors++;
        }
        for (const key13 in data46) {
          if (!func2.call(schema44.properties.upstream.properties, key13)) {
            const err78 = { instancePath: instancePath + "/upstream", schemaPath: "#/properties/upstream/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key13 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err78];
            } else {
              vErrors.push(err78);
            }
            errors++;
          }
        }
        if (data46.url !== void 0) {
          let data47 = data46.url;
          if (typeof data47 === "string") {
            if (func3(data47) > 2048) {
              const err79 = { instancePath: instancePath + "/upstream/url", schemaPath: "#/properties/upstream/properties/url/maxLength", keyword: "maxLength", params: { limit: 2048 }, message: "must NOT have more than 2048 characters" };
              if (vErrors === null) {
                vErrors = [err79];
              } else {
                vErrors.push(err79);
              }
              errors++;
            }
          } else {
            const err80 = { instancePath: instancePath + "/upstream/url", schemaPath: "#/properties/upstream/properties/url/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err80];
            } else {
              vErrors.push(err80);
            }
            errors++;
          }
        }
        if (data46.branch !== void 0) {
          if (typeof data46.branch !== "string") {
            const err81 = { instancePath: instancePath + "/upstream/branch", schemaPath: "#/properties/upstream/properties/branch/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err81];
            } else {
              vErrors.push(err81);
            }
            errors++;
          }
        }
        if (data46.interval !== void 0) {
          if (!validate46(data46.interval, { instancePath: instancePath + "/upstream/interval", parentData: data46, parentDataProperty: "interval", rootData })) {
            vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
            errors = vErrors.length;
          }
        }
        if (data46.timeout !== void 0) {
          if (!validate46(data46.timeout, { instancePath: instancePath + "/upstream/timeout", parentData: data46, parentDataProperty: "timeout", rootData })) {
            vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
            errors = vErrors.length;
          }
        }
        if (data46.maxBytes !== void 0) {
          if (!validate51(data46.maxBytes, { instancePath: instancePath + "/upstream/maxBytes", parentData: data46, parentDataProperty: "maxBytes", rootData })) {
            vErrors = vErrors === null ? validate51.errors : vErrors.concat(validate51.errors);
            errors = vErrors.length;
          }
        }
        if (data46.sshKeyFile !== void 0) {
          let data52 = data46.sshKeyFile;
          if (typeof data52 === "string") {
            if (func3(data52) > 1024) {
              const err82 = { instancePath: instancePath + "/upstream/sshKeyFile", schemaPath: "#/properties/upstream/properties/sshKeyFile/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" };
              if (vErrors === null) {
                vErrors = [err82];
              } else {
                vErrors.push(err82);
              }
              errors++;
            }
          } else {
            const err83 = { instancePath: instancePath + "/upstream/sshKeyFile", schemaPath: "#/properties/upstream/properties/sshKeyFile/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err83];
            } else {
              vErrors.push(err83);
            }
            errors++;
          }
        }
        if (data46.knownHostsFile !== void 0) {
          let data53 = data46.knownHostsFile;
          if (typeof data53 === "string") {
            if (func3(data53) > 1024) {
              const err84 = { instancePath: instancePath + "/upstream/knownHostsFile", schemaPath: "#/properties/upstream/properties/knownHostsFile/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" };
              if (vErrors === null) {
                vErrors = [err84];
              } else {
                vErrors.push(err84);
              }
              errors++;
            }
          } else {
            const err85 = { instancePath: instancePath + "/upstream/knownHostsFile", schemaPath: "#/properties/upstream/properties/knownHostsFile/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err85];
            } else {
              vErrors.push(err85);
            }
            errors++;
          }
        }
        if (data46.tokenFile !== void 0) {
          let data54 = data46.tokenFile;
          if (typeof data54 === "string") {
            if (func3(data54) > 1024) {
              const err86 = { instancePath: instancePath + "/upstream/tokenFile", schemaPath: "#/properties/upstream/properties/tokenFile/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" };
              if (vErrors === null) {
                vErrors = [err86];
              } else {
                vErrors.push(err86);
              }
              errors++;
            }
          } else {
            const err87 = { instancePath: instancePath + "/upstream/tokenFile", schemaPath: "#/properties/upstream/properties/tokenFile/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err87];
            } else {
              vErrors.push(err87);
            }
            errors++;
          }
        }
        if (data46.caFile !== void 0) {
          let data55 = data46.caFile;
          if (typeof data55 === "string") {
            if (func3(data55) > 1024) {
              const err88 = { instancePath: instancePath + "/upstream/caFile", schemaPath: "#/properties/upstream/properties/caFile/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" };
              if (vErrors === null) {
                vErrors = [err88];
              } else {
                vErrors.push(err88);
              }
              errors++;
            }
          } else {
            const err89 = { instancePath: instancePath + "/upstream/caFile", schemaPath: "#/properties/upstream/properties/caFile/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err89];
            } else {
              vErrors.push(err89);
            }
            errors++;
          }
        }
        if (data46.webhookSecretFile !== void 0) {
          if (typeof data46.webhookSecretFile !== "string") {
            const err90 = { instancePath: instancePath + "/upstream/webhookSecretFile", schemaPath: "#/properties/upstream/properties/webhookSecretFile/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err90];
            } else {
              vErrors.push(err90);
            }
            errors++;
          }
        }
        if (data46.pushStatus !== void 0) {
          if (typeof data46.pushStatus !== "boolean") {
            const err91 = { instancePath: instancePath + "/upstream/pushStatus", schemaPath: "#/properties/upstream/properties/pushStatus/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
            if (vErrors === null) {
              vErrors = [err91];
            } else {
              vErrors.push(err91);
            }
            errors++;
          }
        }
      } else {
        const err92 = { instancePath: instancePath + "/upstream", schemaPath: "#/properties/upstream/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err92];
        } else {
          vErrors.push(err92);
        }
        errors++;
      }
    }
    if (data.access !== void 0) {
      let data58 = data.access;
      if (data58 && typeof data58 == "object" && !Array.isArray(data58)) {
        if (data58.keyFile === void 0) {
          const err93 = { instancePath: instancePath + "/access", schemaPath: "#/properties/access/required", keyword: "required", params: { missingProperty: "keyFile" }, message: "must have required property 'keyFile'" };
          if (vErrors === null) {
            vErrors = [err93];
          } else {
            vErrors.push(err93);
          }
          errors++;
        }
        for (const key14 in data58) {
          if (!(key14 === "keyFile")) {
            const err94 = { instancePath: instancePath + "/access", schemaPath: "#/properties/access/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key14 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err94];
            } else {
              vErrors.push(err94);
            }
            errors++;
          }
        }
        if (data58.keyFile !== void 0) {
          let data59 = data58.keyFile;
          if (typeof data59 === "string") {
            if (func3(data59) > 1024) {
              const err95 = { instancePath: instancePath + "/access/keyFile", schemaPath: "#/properties/access/properties/keyFile/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" };
              if (vErrors === null) {
                vErrors = [err95];
              } else {
                vErrors.push(err95);
              }
              errors++;
            }
          } else {
            const err96 = { instancePath: instancePath + "/access/keyFile", schemaPath: "#/properties/access/properties/keyFile/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err96];
            } else {
              vErrors.push(err96);
            }
            errors++;
          }
        }
      } else {
        const err97 = { instancePath: instancePath + "/access", schemaPath: "#/properties/access/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err97];
        } else {
          vErrors.push(err97);
        }
        errors++;
      }
    }
    if (data.oidc !== void 0) {
      let data60 = data.oidc;
      if (data60 && typeof data60 == "object" && !Array.isArray(data60)) {
        if (data60.issuer === void 0) {
          const err98 = { instancePath: instancePath + "/oidc", schemaPath: "#/properties/oidc/required", keyword: "required", params: { missingProperty: "issuer" }, message: "must have required property 'issuer'" };
          if (vErrors === null) {
            vErrors = [err98];
          } else {
            vErrors.push(err98);
          }
          errors++;
        }
        if (data60.clientId === void 0) {
          const err99 = { instancePath: instancePath + "/oidc", schemaPath: "#/properties/oidc/required", keyword: "required", params: { missingProperty: "clientId" }, message: "must have required property 'clientId'" };
          if (vErrors === null) {
            vErrors = [err99];
          } else {
            vErrors.push(err99);
          }
          errors++;
        }
        if (data60.keyFile === void 0) {
          const err100 = { instancePath: instancePath + "/oidc", schemaPath: "#/properties/oidc/required", keyword: "required", params: { missingProperty: "keyFile" }, message: "must have required property 'keyFile'" };
          if (vErrors === null) {
            vErrors = [err100];
          } else {
            vErrors.push(err100);
          }
          errors++;
        }
        for (const key15 in data60) {
          if (!(key15 === "issuer" || key15 === "clientId" || key15 === "keyFile" || key15 === "lifetime" || key15 === "deviceFlow" || key15 === "loginsPerMinute")) {
            const err101 = { instancePath: instancePath + "/oidc", schemaPath: "#/properties/oidc/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key15 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err101];
            } else {
              vErrors.push(err101);
            }
            errors++;
          }
        }
        if (data60.issuer !== void 0) {
          let data61 = data60.issuer;
          if (typeof data61 === "string") {
            if (func3(data61) > 512) {
              const err102 = { instancePath: instancePath + "/oidc/issuer", schemaPath: "#/properties/oidc/properties/issuer/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" };
              if (vErrors === null) {
                vErrors = [err102];
              } else {
                vErrors.push(err102);
              }
              errors++;
            }
            if (!pattern72.test(data61)) {
              const err103 = { instancePath: instancePath + "/oidc/issuer", schemaPath: "#/properties/oidc/properties/issuer/pattern", keyword: "pattern", params: { pattern: "^https?://" }, message: 'must match pattern "^https?://"' };
              if (vErrors === null) {
                vErrors = [err103];
              } else {
                vErrors.push(err103);
              }
              errors++;
            }
          } else {
            const err104 = { instancePath: instancePath + "/oidc/issuer", schemaPath: "#/properties/oidc/properties/issuer/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err104];
            } else {
              vErrors.push(err104);
            }
            errors++;
          }
        }
        if (data60.clientId !== void 0) {
          let data62 = data60.clientId;
          if (typeof data62 === "string") {
            if (func3(data62) > 255) {
              const err105 = { instancePath: instancePath + "/oidc/clientId", schemaPath: "#/properties/oidc/properties/clientId/maxLength", keyword: "maxLength", params: { limit: 255 }, message: "must NOT have more than 255 characters" };
              if (vErrors === null) {
                vErrors = [err105];
              } else {
                vErrors.push(err105);
              }
              errors++;
            }
            if (func3(data62) < 1) {
              const err106 = { instancePath: instancePath + "/oidc/clientId", schemaPath: "#/properties/oidc/properties/clientId/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
              if (vErrors === null) {
                vErrors = [err106];
              } else {
                vErrors.push(err106);
              }
              errors++;
            }
          } else {
            const err107 = { instancePath: instancePath + "/oidc/clientId", schemaPath: "#/properties/oidc/properties/clientId/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err107];
            } else {
              vErrors.push(err107);
            }
            errors++;
          }
        }
        if (data60.keyFile !== void 0) {
          let data63 = data60.keyFile;
          if (typeof data63 === "string") {
            if (func3(data63) > 1024) {
              const err108 = { instancePath: instancePath + "/oidc/keyFile", schemaPath: "#/properties/oidc/properties/keyFile/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" };
              if (vErrors === null) {
                vErrors = [err108];
              } else {
                vErrors.push(err108);
              }
              errors++;
            }
          } else {
            const err109 = { instancePath: instancePath + "/oidc/keyFile", schemaPath: "#/properties/oidc/properties/keyFile/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err109];
            } else {
              vErrors.push(err109);
            }
            errors++;
          }
        }
        if (data60.lifetime !== void 0) {
          if (!validate46(data60.lifetime, { instancePath: instancePath + "/oidc/lifetime", parentData: data60, parentDataProperty: "lifetime", rootData })) {
            vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
            errors = vErrors.length;
          }
        }
        if (data60.deviceFlow !== void 0) {
          if (typeof data60.deviceFlow !== "boolean") {
            const err110 = { instancePath: instancePath + "/oidc/deviceFlow", schemaPath: "#/properties/oidc/properties/deviceFlow/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
            if (vErrors === null) {
              vErrors = [err110];
            } else {
              vErrors.push(err110);
            }
            errors++;
          }
        }
        if (data60.loginsPerMinute !== void 0) {
          let data66 = data60.loginsPerMinute;
          if (!(typeof data66 == "number" && (!(data66 % 1) && !isNaN(data66)) && isFinite(data66))) {
            const err111 = { instancePath: instancePath + "/oidc/loginsPerMinute", schemaPath: "#/properties/oidc/properties/loginsPerMinute/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err111];
            } else {
              vErrors.push(err111);
            }
            errors++;
          }
          if (typeof data66 == "number" && isFinite(data66)) {
            if (data66 < 1 || isNaN(data66)) {
              const err112 = { instancePath: instancePath + "/oidc/loginsPerMinute", schemaPath: "#/properties/oidc/properties/loginsPerMinute/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
              if (vErrors === null) {
                vErrors = [err112];
              } else {
                vErrors.push(err112);
              }
              errors++;
            }
          }
        }
      } else {
        const err113 = { instancePath: instancePath + "/oidc", schemaPath: "#/properties/oidc/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err113];
        } else {
          vErrors.push(err113);
        }
        errors++;
      }
    }
    if (data.rollout !== void 0) {
      let data67 = data.rollout;
      if (data67 && typeof data67 == "object" && !Array.isArray(data67)) {
        if (data67.keyFile === void 0) {
          const err114 = { instancePath: instancePath + "/rollout", schemaPath: "#/properties/rollout/required", keyword: "required", params: { missingProperty: "keyFile" }, message: "must have required property 'keyFile'" };
          if (vErrors === null) {
            vErrors = [err114];
          } else {
            vErrors.push(err114);
          }
          errors++;
        }
        for (const key16 in data67) {
          if (!(key16 === "keyFile" || key16 === "every")) {
            const err115 = { instancePath: instancePath + "/rollout", schemaPath: "#/properties/rollout/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key16 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err115];
            } else {
              vErrors.push(err115);
            }
            errors++;
          }
        }
        if (data67.keyFile !== void 0) {
          if (typeof data67.keyFile !== "string") {
            const err116 = { instancePath: instancePath + "/rollout/keyFile", schemaPath: "#/properties/rollout/properties/keyFile/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err116];
            } else {
              vErrors.push(err116);
            }
            errors++;
          }
        }
        if (data67.every !== void 0) {
          if (!validate46(data67.every, { instancePath: instancePath + "/rollout/every", parentData: data67, parentDataProperty: "every", rootData })) {
            vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err117 = { instancePath: instancePath + "/rollout", schemaPath: "#/properties/rollout/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err117];
        } else {
          vErrors.push(err117);
        }
        errors++;
      }
    }
    if (data.drain !== void 0) {
      if (!validate46(data.drain, { instancePath: instancePath + "/drain", parentData: data, parentDataProperty: "drain", rootData })) {
        vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
        errors = vErrors.length;
      }
    }
    if (data.logLevel !== void 0) {
      let data71 = data.logLevel;
      if (typeof data71 !== "string") {
        const err118 = { instancePath: instancePath + "/logLevel", schemaPath: "#/properties/logLevel/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err118];
        } else {
          vErrors.push(err118);
        }
        errors++;
      }
      if (!(data71 === "fatal" || data71 === "error" || data71 === "warn" || data71 === "info" || data71 === "debug" || data71 === "trace")) {
        const err119 = { instancePath: instancePath + "/logLevel", schemaPath: "#/properties/logLevel/enum", keyword: "enum", params: { allowedValues: schema44.properties.logLevel.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err119];
        } else {
          vErrors.push(err119);
        }
        errors++;
      }
    }
  } else {
    const err120 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err120];
    } else {
      vErrors.push(err120);
    }
    errors++;
  }
  validate150.errors = vErrors;
  return errors === 0;
}
var group = validate299;
var schema70 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://towline.dev/schemas/v1/group.schema.json", "title": "Group", "description": "groups/<name>.yaml: what holds for the devices that name this group.", "type": "object", "additionalProperties": false, "required": ["apiVersion"], "properties": { "apiVersion": { "$ref": "https://towline.dev/schemas/v1/common.apiVersion.schema.json" }, "description": { "description": "For people.", "type": "string", "maxLength": 1e3 }, "priority": { "description": "Where two groups of a device give one value, the higher priority wins; of equal ones, the name that sorts later.", "type": "integer", "minimum": 0, "maximum": 1e3, "default": 0 }, "labels": { "$ref": "https://towline.dev/schemas/v1/common.labels.schema.json" }, "apps": { "$ref": "https://towline.dev/schemas/v1/common.apps.schema.json" }, "variables": { "$ref": "https://towline.dev/schemas/v1/common.variables.schema.json" }, "windows": { "description": "Maintenance windows.", "type": "array", "maxItems": 32, "items": { "$ref": "https://towline.dev/schemas/v1/common.window.schema.json" } }, "tunnel": { "$ref": "https://towline.dev/schemas/v1/common.tunnel.schema.json" }, "access": { "$ref": "https://towline.dev/schemas/v1/common.access.schema.json" }, "paused": { "description": "These devices leave what runs as it is.", "type": "boolean" }, "engine": { "$ref": "https://towline.dev/schemas/v1/common.engineAllowance.schema.json" }, "images": { "$ref": "https://towline.dev/schemas/v1/common.imagesSettings.schema.json" }, "registryCredentials": { "$ref": "https://towline.dev/schemas/v1/common.registryCredentials.schema.json" }, "telemetry": { "description": "What these devices send back, where it is not what fleet.yaml says.", "type": "object", "additionalProperties": false, "properties": { "metrics": { "$ref": "https://towline.dev/schemas/v1/common.metricsSettings.schema.json" } } }, "requires": { "$ref": "https://towline.dev/schemas/v1/common.requires.schema.json" } }, "examples": [{ "apiVersion": "towline/v1", "priority": 10, "apps": { "web": { "release": "1.0.0" } }, "variables": { "HTTP_PORT": 8080 } }] };
function validate299(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.apiVersion === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "apiVersion" }, message: "must have required property 'apiVersion'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func2.call(schema70.properties, key0)) {
        const err1 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.apiVersion !== void 0) {
      if (!validate22(data.apiVersion, { instancePath: instancePath + "/apiVersion", parentData: data, parentDataProperty: "apiVersion", rootData })) {
        vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
        errors = vErrors.length;
      }
    }
    if (data.description !== void 0) {
      let data1 = data.description;
      if (typeof data1 === "string") {
        if (func3(data1) > 1e3) {
          const err2 = { instancePath: instancePath + "/description", schemaPath: "#/properties/description/maxLength", keyword: "maxLength", params: { limit: 1e3 }, message: "must NOT have more than 1000 characters" };
          if (vErrors === null) {
            vErrors = [err2];
          } else {
            vErrors.push(err2);
          }
          errors++;
        }
      } else {
        const err3 = { instancePath: instancePath + "/description", schemaPath: "#/properties/description/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.priority !== void 0) {
      let data2 = data.priority;
      if (!(typeof data2 == "number" && (!(data2 % 1) && !isNaN(data2)) && isFinite(data2))) {
        const err4 = { instancePath: instancePath + "/priority", schemaPath: "#/properties/priority/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
      if (typeof data2 == "number" && isFinite(data2)) {
        if (data2 > 1e3 || isNaN(data2)) {
          const err5 = { instancePath: instancePath + "/priority", schemaPath: "#/properties/priority/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e3 }, message: "must be <= 1000" };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
        if (data2 < 0 || isNaN(data2)) {
          const err6 = { instancePath: instancePath + "/priority", schemaPath: "#/properties/priority/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
      }
    }
    if (data.labels !== void 0) {
      if (!validate59(data.labels, { instancePath: instancePath + "/labels", parentData: data, parentDataProperty: "labels", rootData })) {
        vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
        errors = vErrors.length;
      }
    }
    if (data.apps !== void 0) {
      if (!validate67(data.apps, { instancePath: instancePath + "/apps", parentData: data, parentDataProperty: "apps", rootData })) {
        vErrors = vErrors === null ? validate67.errors : vErrors.concat(validate67.errors);
        errors = vErrors.length;
      }
    }
    if (data.variables !== void 0) {
      if (!validate39(data.variables, { instancePath: instancePath + "/variables", parentData: data, parentDataProperty: "variables", rootData })) {
        vErrors = vErrors === null ? validate39.errors : vErrors.concat(validate39.errors);
        errors = vErrors.length;
      }
    }
    if (data.windows !== void 0) {
      let data6 = data.windows;
      if (Array.isArray(data6)) {
        if (data6.length > 32) {
          const err7 = { instancePath: instancePath + "/windows", schemaPath: "#/properties/windows/maxItems", keyword: "maxItems", params: { limit: 32 }, message: "must NOT have more than 32 items" };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
        const len0 = data6.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (!validate80(data6[i0], { instancePath: instancePath + "/windows/" + i0, parentData: data6, parentDataProperty: i0, rootData })) {
            vErrors = vErrors === null ? validate80.errors : vErrors.concat(validate80.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err8 = { instancePath: instancePath + "/windows", schemaPath: "#/properties/windows/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.tunnel !== void 0) {
      if (!validate85(data.tunnel, { instancePath: instancePath + "/tunnel", parentData: data, parentDataProperty: "tunnel", rootData })) {
        vErrors = vErrors === null ? validate85.errors : vErrors.concat(validate85.errors);
        errors = vErrors.length;
      }
    }
    if (data.access !== void 0) {
      if (!validate92(data.access, { instancePath: instancePath + "/access", parentData: data, parentDataProperty: "access", rootData })) {
        vErrors = vErrors === null ? validate92.errors : vErrors.concat(validate92.errors);
        errors = vErrors.length;
      }
    }
    if (data.paused !== void 0) {
      if (typeof data.paused !== "boolean") {
        const err9 = { instancePath: instancePath + "/paused", schemaPath: "#/properties/paused/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.engine !== void 0) {
      if (!validate105(data.engine, { instancePath: instancePath + "/engine", parentData: data, parentDataProperty: "engine", rootData })) {
        vErrors = vErrors === null ? validate105.errors : vErrors.concat(validate105.errors);
        errors = vErrors.length;
      }
    }
    if (data.images !== void 0) {
      if (!validate107(data.images, { instancePath: instancePath + "/images", parentData: data, parentDataProperty: "images", rootData })) {
        vErrors = vErrors === null ? validate107.errors : vErrors.concat(validate107.errors);
        errors = vErrors.length;
      }
    }
    if (data.registryCredentials !== void 0) {
      if (!validate111(data.registryCredentials, { instancePath: instancePath + "/registryCredentials", parentData: data, parentDataProperty: "registryCredentials", rootData })) {
        vErrors = vErrors === null ? validate111.errors : vErrors.concat(validate111.errors);
        errors = vErrors.length;
      }
    }
    if (data.telemetry !== void 0) {
      let data14 = data.telemetry;
      if (data14 && typeof data14 == "object" && !Array.isArray(data14)) {
        for (const key1 in data14) {
          if (!(key1 === "metrics")) {
            const err10 = { instancePath: instancePath + "/telemetry", schemaPath: "#/properties/telemetry/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err10];
            } else {
              vErrors.push(err10);
            }
            errors++;
          }
        }
        if (data14.metrics !== void 0) {
          if (!validate114(data14.metrics, { instancePath: instancePath + "/telemetry/metrics", parentData: data14, parentDataProperty: "metrics", rootData })) {
            vErrors = vErrors === null ? validate114.errors : vErrors.concat(validate114.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err11 = { instancePath: instancePath + "/telemetry", schemaPath: "#/properties/telemetry/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.requires !== void 0) {
      if (!validate117(data.requires, { instancePath: instancePath + "/requires", parentData: data, parentDataProperty: "requires", rootData })) {
        vErrors = vErrors === null ? validate117.errors : vErrors.concat(validate117.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err12 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err12];
    } else {
      vErrors.push(err12);
    }
    errors++;
  }
  validate299.errors = vErrors;
  return errors === 0;
}
var images = validate312;
var schema71 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://towline.dev/schemas/v1/images.schema.json", "title": "Publishers of images", "description": "trust/images.yaml: whose signatures images must have. It is root's, as all of trust/ is: whoever may change the rest of the repository cannot turn it off.", "type": "object", "additionalProperties": false, "required": ["apiVersion", "default", "rules"], "properties": { "apiVersion": { "$ref": "https://towline.dev/schemas/v1/common.apiVersion.schema.json" }, "default": { "description": "What becomes of images that no rule names.", "type": "string", "enum": ["refuse", "allow"] }, "rules": { "description": "The first one that names an image's repository decides.", "type": "array", "minItems": 1, "maxItems": 64, "items": { "type": "object", "additionalProperties": false, "required": ["name", "repositories"], "properties": { "name": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json" }, "repositories": { "description": "Repositories with their registry, such as `registry.example.com/pump/*`; `*` matches within a folder, `**` across. Docker Hub's are `docker.io/library/nginx`.", "type": "array", "minItems": 1, "maxItems": 64, "items": { "type": "string", "minLength": 1, "maxLength": 256 } }, "keys": { "description": "Any of these public keys of cosign signs: PEM, or a file with it in trust/keys/. P-256, Ed25519, or RSA of 2048 bits and more. Instead of `keyless`.", "type": "array", "minItems": 1, "maxItems": 8, "items": { "$ref": "https://towline.dev/schemas/v1/common.pem.schema.json" } }, "onDevice": { "description": "Devices verify the signature, too, by what release.yaml carries of it. With `keys` alone.", "type": "boolean", "default": false }, "keyless": { "description": "Signers who prove who they are to an authority, which gives them a certificate for minutes. `towline release` verifies it.", "type": "object", "additionalProperties": false, "required": ["issuer", "subject", "roots"], "properties": { "issuer": { "description": "Who knows the signer, as the certificate has it: `https://token.actions.githubusercontent.com`.", "type": "string", "minLength": 1, "maxLength": 512 }, "subject": { "description": "Who the signer is, as the certificate has it: an address, or a workflow such as `https://github.com/acme/pump/.github/workflows/release.yml@refs/tags/*`; `*` matches up to the next slash, `**` across.", "type": "string", "minLength": 1, "maxLength": 512 }, "roots": { "description": "Certificates of the authority, from those between up to the root: a PEM, or a file in trust/keys/, for each authority.", "type": "array", "minItems": 1, "maxItems": 8, "items": { "$ref": "https://towline.dev/schemas/v1/common.pem.schema.json" } }, "logs": { "description": "Transparency logs, one of which must have the signature. Without any, `timestamps` says when it was made.", "type": "array", "minItems": 1, "maxItems": 8, "items": { "$ref": "https://towline.dev/schemas/v1/common.signatureLog.schema.json" } }, "timestamps": { "description": "Authorities that say when a signature was made: a PEM for each, the certificate that signs first.", "type": "array", "minItems": 1, "maxItems": 8, "items": { "$ref": "https://towline.dev/schemas/v1/common.pem.schema.json" } }, "certificateLogs": { "description": "Logs of certificates, one of which must have the signer's. Without any, nobody asks for that.", "type": "array", "minItems": 1, "maxItems": 8, "items": { "$ref": "https://towline.dev/schemas/v1/common.signatureLog.schema.json" } } } } } } } }, "examples": [{ "apiVersion": "towline/v1", "default": "refuse", "rules": [{ "name": "acme", "repositories": ["registry.example.com/pump/*"], "keys": ["trust/keys/cosign.pub"], "onDevice": true }] }] };
var pattern73 = new RegExp("^(?:trust/keys/[A-Za-z0-9._-]+|-----BEGIN [A-Z ]+-----\\n[A-Za-z0-9+/=\\n -]+)$", "u");
function validate315(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (func3(data) > 65536) {
      const err0 = { instancePath, schemaPath: "#/maxLength", keyword: "maxLength", params: { limit: 65536 }, message: "must NOT have more than 65536 characters" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (!pattern73.test(data)) {
      const err1 = { instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^(?:trust/keys/[A-Za-z0-9._-]+|-----BEGIN [A-Z ]+-----\\n[A-Za-z0-9+/=\\n -]+)$" }, message: 'must match pattern "^(?:trust/keys/[A-Za-z0-9._-]+|-----BEGIN [A-Z ]+-----\\n[A-Za-z0-9+/=\\n -]+)$"' };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
  } else {
    const err2 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err2];
    } else {
      vErrors.push(err2);
    }
    errors++;
  }
  validate315.errors = vErrors;
  return errors === 0;
}
function validate318(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.name === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "name" }, message: "must have required property 'name'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.key === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "key" }, message: "must have required property 'key'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "name" || key0 === "key")) {
        const err2 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.name !== void 0) {
      let data0 = data.name;
      if (typeof data0 === "string") {
        if (func3(data0) > 256) {
          const err3 = { instancePath: instancePath + "/name", schemaPath: "#/properties/name/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
        if (func3(data0) < 1) {
          const err4 = { instancePath: instancePath + "/name", schemaPath: "#/properties/name/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
      } else {
        const err5 = { instancePath: instancePath + "/name", schemaPath: "#/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.key !== void 0) {
      if (!validate315(data.key, { instancePath: instancePath + "/key", parentData: data, parentDataProperty: "key", rootData })) {
        vErrors = vErrors === null ? validate315.errors : vErrors.concat(validate315.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err6 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err6];
    } else {
      vErrors.push(err6);
    }
    errors++;
  }
  validate318.errors = vErrors;
  return errors === 0;
}
function validate312(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.apiVersion === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "apiVersion" }, message: "must have required property 'apiVersion'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.default === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "default" }, message: "must have required property 'default'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.rules === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "rules" }, message: "must have required property 'rules'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "apiVersion" || key0 === "default" || key0 === "rules")) {
        const err3 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.apiVersion !== void 0) {
      if (!validate22(data.apiVersion, { instancePath: instancePath + "/apiVersion", parentData: data, parentDataProperty: "apiVersion", rootData })) {
        vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
        errors = vErrors.length;
      }
    }
    if (data.default !== void 0) {
      let data1 = data.default;
      if (typeof data1 !== "string") {
        const err4 = { instancePath: instancePath + "/default", schemaPath: "#/properties/default/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
      if (!(data1 === "refuse" || data1 === "allow")) {
        const err5 = { instancePath: instancePath + "/default", schemaPath: "#/properties/default/enum", keyword: "enum", params: { allowedValues: schema71.properties.default.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.rules !== void 0) {
      let data2 = data.rules;
      if (Array.isArray(data2)) {
        if (data2.length > 64) {
          const err6 = { instancePath: instancePath + "/rules", schemaPath: "#/properties/rules/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
        if (data2.length < 1) {
          const err7 = { instancePath: instancePath + "/rules", schemaPath: "#/properties/rules/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
        const len0 = data2.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data3 = data2[i0];
          if (data3 && typeof data3 == "object" && !Array.isArray(data3)) {
            if (data3.name === void 0) {
              const err8 = { instancePath: instancePath + "/rules/" + i0, schemaPath: "#/properties/rules/items/required", keyword: "required", params: { missingProperty: "name" }, message: "must have required property 'name'" };
              if (vErrors === null) {
                vErrors = [err8];
              } else {
                vErrors.push(err8);
              }
              errors++;
            }
            if (data3.repositories === void 0) {
              const err9 = { instancePath: instancePath + "/rules/" + i0, schemaPath: "#/properties/rules/items/required", keyword: "required", params: { missingProperty: "repositories" }, message: "must have required property 'repositories'" };
              if (vErrors === null) {
                vErrors = [err9];
              } else {
                vErrors.push(err9);
              }
              errors++;
            }
            for (const key1 in data3) {
              if (!(key1 === "name" || key1 === "repositories" || key1 === "keys" || key1 === "onDevice" || key1 === "keyless")) {
                const err10 = { instancePath: instancePath + "/rules/" + i0, schemaPath: "#/properties/rules/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err10];
                } else {
                  vErrors.push(err10);
                }
                errors++;
              }
            }
            if (data3.name !== void 0) {
              if (!validate24(data3.name, { instancePath: instancePath + "/rules/" + i0 + "/name", parentData: data3, parentDataProperty: "name", rootData })) {
                vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
                errors = vErrors.length;
              }
            }
            if (data3.repositories !== void 0) {
              let data5 = data3.repositories;
              if (Array.isArray(data5)) {
                if (data5.length > 64) {
                  const err11 = { instancePath: instancePath + "/rules/" + i0 + "/repositories", schemaPath: "#/properties/rules/items/properties/repositories/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
                  if (vErrors === null) {
                    vErrors = [err11];
                  } else {
                    vErrors.push(err11);
                  }
                  errors++;
                }
                if (data5.length < 1) {
                  const err12 = { instancePath: instancePath + "/rules/" + i0 + "/repositories", schemaPath: "#/properties/rules/items/properties/repositories/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
                  if (vErrors === null) {
                    vErrors = [err12];
                  } else {
                    vErrors.push(err12);
                  }
                  errors++;
                }
                const len1 = data5.length;
                for (let i1 = 0; i1 < len1; i1++) {
                  let data6 = data5[i1];
                  if (typeof data6 === "string") {
                    if (func3(data6) > 256) {
                      const err13 = { instancePath: instancePath + "/rules/" + i0 + "/repositories/" + i1, schemaPath: "#/properties/rules/items/properties/repositories/items/maxLength", keyword: "maxLength", params: { limit: 256 }, message: "must NOT have more than 256 characters" };
                      if (vErrors === null) {
                        vErrors = [err13];
                      } else {
                        vErrors.push(err13);
                      }
                      errors++;
                    }
                    if (func3(data6) < 1) {
                      const err14 = { instancePath: instancePath + "/rules/" + i0 + "/repositories/" + i1, schemaPath: "#/properties/rules/items/properties/repositories/items/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
                      if (vErrors === null) {
                        vErrors = [err14];
                      } else {
                        vErrors.push(err14);
                      }
                      errors++;
                    }
                  } else {
                    const err15 = { instancePath: instancePath + "/rules/" + i0 + "/repositories/" + i1, schemaPath: "#/properties/rules/items/properties/repositories/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err15];
                    } else {
                      vErrors.push(err15);
                    }
                    errors++;
                  }
                }
              } else {
                const err16 = { instancePath: instancePath + "/rules/" + i0 + "/repositories", schemaPath: "#/properties/rules/items/properties/repositories/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err16];
                } else {
                  vErrors.push(err16);
                }
                errors++;
              }
            }
            if (data3.keys !== void 0) {
              let data7 = data3.keys;
              if (Array.isArray(data7)) {
                if (data7.length > 8) {
                  const err17 = { instancePath: instancePath + "/rules/" + i0 + "/keys", schemaPath: "#/properties/rules/items/properties/keys/maxItems", keyword: "maxItems", params: { limit: 8 }, message: "must NOT have more than 8 items" };
                  if (vErrors === null) {
                    vErrors = [err17];
                  } else {
                    vErrors.push(err17);
                  }
                  errors++;
                }
                if (data7.length < 1) {
                  const err18 = { instancePath: instancePath + "/rules/" + i0 + "/keys", schemaPath: "#/properties/rules/items/properties/keys/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
                  if (vErrors === null) {
                    vErrors = [err18];
                  } else {
                    vErrors.push(err18);
                  }
                  errors++;
                }
                const len2 = data7.length;
                for (let i2 = 0; i2 < len2; i2++) {
                  if (!validate315(data7[i2], { instancePath: instancePath + "/rules/" + i0 + "/keys/" + i2, parentData: data7, parentDataProperty: i2, rootData })) {
                    vErrors = vErrors === null ? validate315.errors : vErrors.concat(validate315.errors);
                    errors = vErrors.length;
                  }
                }
              } else {
                const err19 = { instancePath: instancePath + "/rules/" + i0 + "/keys", schemaPath: "#/properties/rules/items/properties/keys/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err19];
                } else {
                  vErrors.push(err19);
                }
                errors++;
              }
            }
            if (data3.onDevice !== void 0) {
              if (typeof data3.onDevice !== "boolean") {
                const err20 = { instancePath: instancePath + "/rules/" + i0 + "/onDevice", schemaPath: "#/properties/rules/items/properties/onDevice/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
                if (vErrors === null) {
                  vErrors = [err20];
                } else {
                  vErrors.push(err20);
                }
                errors++;
              }
            }
            if (data3.keyless !== void 0) {
              let data10 = data3.keyless;
              if (data10 && typeof data10 == "object" && !Array.isArray(data10)) {
                if (data10.issuer === void 0) {
                  const err21 = { instancePath: instancePath + "/rules/" + i0 + "/keyless", schemaPath: "#/properties/rules/items/properties/keyless/required", keyword: "required", params: { missingProperty: "issuer" }, message: "must have required property 'issuer'" };
                  if (vErrors === null) {
                    vErrors = [err21];
                  } else {
                    vErrors.push(err21);
                  }
                  errors++;
                }
                if (data10.subject === void 0) {
                  const err22 = { instancePath: instancePath + "/rules/" + i0 + "/keyless", schemaPath: "#/properties/rules/items/properties/keyless/required", keyword: "required", params: { missingProperty: "subject" }, message: "must have required property 'subject'" };
                  if (vErrors === null) {
                    vErrors = [err22];
                  } else {
                    vErrors.push(err22);
                  }
                  errors++;
                }
                if (data10.roots === void 0) {
                  const err23 = { instancePath: instancePath + "/rules/" + i0 + "/keyless", schemaPath: "#/properties/rules/items/properties/keyless/required", keyword: "required", params: { missingProperty: "roots" }, message: "must have required property 'roots'" };
                  if (vErrors === null) {
                    vErrors = [err23];
                  } else {
                    vErrors.push(err23);
                  }
                  errors++;
                }
                for (const key2 in data10) {
                  if (!(key2 === "issuer" || key2 === "subject" || key2 === "roots" || key2 === "logs" || key2 === "timestamps" || key2 === "certificateLogs")) {
                    const err24 = { instancePath: instancePath + "/rules/" + i0 + "/keyless", schemaPath: "#/properties/rules/items/properties/keyless/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
                    if (vErrors === null) {
                      vErrors = [err24];
                    } else {
                      vErrors.push(err24);
                    }
                    errors++;
                  }
                }
                if (data10.issuer !== void 0) {
                  let data11 = data10.issuer;
                  if (typeof data11 === "string") {
                    if (func3(data11) > 512) {
                      const err25 = { instancePath: instancePath + "/rules/" + i0 + "/keyless/issuer", schemaPath: "#/properties/rules/items/properties/keyless/properties/issuer/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" };
                      if (vErrors === null) {
                        vErrors = [err25];
                      } else {
                        vErrors.push(err25);
                      }
                      errors++;
                    }
                    if (func3(data11) < 1) {
                      const err26 = { instancePath: instancePath + "/rules/" + i0 + "/keyless/issuer", schemaPath: "#/properties/rules/items/properties/keyless/properties/issuer/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
                      if (vErrors === null) {
                        vErrors = [err26];
                      } else {
                        vErrors.push(err26);
                      }
                      errors++;
                    }
                  } else {
                    const err27 = { instancePath: instancePath + "/rules/" + i0 + "/keyless/issuer", schemaPath: "#/properties/rules/items/properties/keyless/properties/issuer/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err27];
                    } else {
                      vErrors.push(err27);
                    }
                    errors++;
                  }
                }
                if (data10.subject !== void 0) {
                  let data12 = data10.subject;
                  if (typeof data12 === "string") {
                    if (func3(data12) > 512) {
                      const err28 = { instancePath: instancePath + "/rules/" + i0 + "/keyless/subject", schemaPath: "#/properties/rules/items/properties/keyless/properties/subject/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" };
                      if (vErrors === null) {
                        vErrors = [err28];
                      } else {
                        vErrors.push(err28);
                      }
                      errors++;
                    }
                    if (func3(data12) < 1) {
                      const err29 = { instancePath: instancePath + "/rules/" + i0 + "/keyless/subject", schemaPath: "#/properties/rules/items/properties/keyless/properties/subject/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
                      if (vErrors === null) {
                        vErrors = [err29];
                      } else {
                        vErrors.push(err29);
                      }
                      errors++;
                    }
                  } else {
                    const err30 = { instancePath: instancePath + "/rules/" + i0 + "/keyless/subject", schemaPath: "#/properties/rules/items/properties/keyless/properties/subject/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err30];
                    } else {
                      vErrors.push(err30);
                    }
                    errors++;
                  }
                }
                if (data10.roots !== void 0) {
                  let data13 = data10.roots;
                  if (Array.isArray(data13)) {
                    if (data13.length > 8) {
                      const err31 = { instancePath: instancePath + "/rules/" + i0 + "/keyless/roots", schemaPath: "#/properties/rules/items/properties/keyless/properties/roots/maxItems", keyword: "maxItems", params: { limit: 8 }, message: "must NOT have more than 8 items" };
                      if (vErrors === null) {
                        vErrors = [err31];
                      } else {
                        vErrors.push(err31);
                      }
                      errors++;
                    }
                    if (data13.length < 1) {
                      const err32 = { instancePath: instancePath + "/rules/" + i0 + "/keyless/roots", schemaPath: "#/properties/rules/items/properties/keyless/properties/roots/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
                      if (vErrors === null) {
                        vErrors = [err32];
                      } else {
                        vErrors.push(err32);
                      }
                      errors++;
                    }
                    const len3 = data13.length;
                    for (let i3 = 0; i3 < len3; i3++) {
                      if (!validate315(data13[i3], { instancePath: instancePath + "/rules/" + i0 + "/keyless/roots/" + i3, parentData: data13, parentDataProperty: i3, rootData })) {
                        vErrors = vErrors === null ? validate315.errors : vErrors.concat(validate315.errors);
                        errors = vErrors.length;
                      }
                    }
                  } else {
                    const err33 = { instancePath: instancePath + "/rules/" + i0 + "/keyless/roots", schemaPath: "#/properties/rules/items/properties/keyless/properties/roots/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                    if (vErrors === null) {
                      vErrors = [err33];
                    } else {
                      vErrors.push(err33);
                    }
                    errors++;
                  }
                }
                if (data10.logs !== void 0) {
                  let data15 = data10.logs;
                  if (Array.isArray(data15)) {
                    if (data15.length > 8) {
                      const err34 = { instancePath: instancePath + "/rules/" + i0 + "/keyless/logs", schemaPath: "#/properties/rules/items/properties/keyless/properties/logs/maxItems", keyword: "maxItems", params: { limit: 8 }, message: "must NOT have more than 8 items" };
                      if (vErrors === null) {
                        vErrors = [err34];
                      } else {
                        vErrors.push(err34);
                      }
                      errors++;
                    }
                    if (data15.length < 1) {
                      const err35 = { instancePath: instancePath + "/rules/" + i0 + "/keyless/logs", schemaPath: "#/properties/rules/items/properties/keyless/properties/logs/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
                      if (vErrors === null) {
                        vErrors = [err35];
                      } else {
                        vErrors.push(err35);
                      }
                      errors++;
                    }
                    const len4 = data15.length;
                    for (let i4 = 0; i4 < len4; i4++) {
                      if (!validate318(data15[i4], { instancePath: instancePath + "/rules/" + i0 + "/keyless/logs/" + i4, parentData: data15, parentDataProperty: i4, rootData })) {
                        vErrors = vErrors === null ? validate318.errors : vErrors.concat(validate318.errors);
                        errors = vErrors.length;
                      }
                    }
                  } else {
                    const err36 = { instancePath: instancePath + "/rules/" + i0 + "/keyless/logs", schemaPath: "#/properties/rules/items/properties/keyless/properties/logs/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                    if (vErrors === null) {
                      vErrors = [err36];
                    } else {
                      vErrors.push(err36);
                    }
                    errors++;
                  }
                }
                if (data10.timestamps !== void 0) {
                  let data17 = data10.timestamps;
                  if (Array.isArray(data17)) {
                    if (data17.length > 8) {
                      const err37 = { instancePath: instancePath + "/rules/" + i0 + "/keyless/timestamps", schemaPath: "#/properties/rules/items/properties/keyless/properties/timestamps/maxItems", keyword: "maxItems", params: { limit: 8 }, message: "must NOT have more than 8 items" };
                      if (vErrors === null) {
                        vErrors = [err37];
                      } else {
                        vErrors.push(err37);
                      }
                      errors++;
                    }
                    if (data17.length < 1) {
                      const err38 = { instancePath: instancePath + "/rules/" + i0 + "/keyless/timestamps", schemaPath: "#/properties/rules/items/properties/keyless/properties/timestamps/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
                      if (vErrors === null) {
                        vErrors = [err38];
                      } else {
                        vErrors.push(err38);
                      }
                      errors++;
                    }
                    const len5 = data17.length;
                    for (let i5 = 0; i5 < len5; i5++) {
                      if (!validate315(data17[i5], { instancePath: instancePath + "/rules/" + i0 + "/keyless/timestamps/" + i5, parentData: data17, parentDataProperty: i5, rootData })) {
                        vErrors = vErrors === null ? validate315.errors : vErrors.concat(validate315.errors);
                        errors = vErrors.length;
                      }
                    }
                  } else {
                    const err39 = { instancePath: instancePath + "/rules/" + i0 + "/keyless/timestamps", schemaPath: "#/properties/rules/items/properties/keyless/properties/timestamps/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                    if (vErrors === null) {
                      vErrors = [err39];
                    } else {
                      vErrors.push(err39);
                    }
                    errors++;
                  }
                }
                if (data10.certificateLogs !== void 0) {
                  let data19 = data10.certificateLogs;
                  if (Array.isArray(data19)) {
                    if (data19.length > 8) {
                      const err40 = { instancePath: instancePath + "/rules/" + i0 + "/keyless/certificateLogs", schemaPath: "#/properties/rules/items/properties/keyless/properties/certificateLogs/maxItems", keyword: "maxItems", params: { limit: 8 }, message: "must NOT have more than 8 items" };
                      if (vErrors === null) {
                        vErrors = [err40];
                      } else {
                        vErrors.push(err40);
                      }
                      errors++;
                    }
                    if (data19.length < 1) {
                      const err41 = { instancePath: instancePath + "/rules/" + i0 + "/keyless/certificateLogs", schemaPath: "#/properties/rules/items/properties/keyless/properties/certificateLogs/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
                      if (vErrors === null) {
                        vErrors = [err41];
                      } else {
                        vErrors.push(err41);
                      }
                      errors++;
                    }
                    const len6 = data19.length;
                    for (let i6 = 0; i6 < len6; i6++) {
                      if (!validate318(data19[i6], { instancePath: instancePath + "/rules/" + i0 + "/keyless/certificateLogs/" + i6, parentData: data19, parentDataProperty: i6, rootData })) {
                        vErrors = vErrors === null ? validate318.errors : vErrors.concat(validate318.errors);
                        errors = vErrors.length;
                      }
                    }
                  } else {
                    const err42 = { instancePath: instancePath + "/rules/" + i0 + "/keyless/certificateLogs", schemaPath: "#/properties/rules/items/properties/keyless/properties/certificateLogs/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                    if (vErrors === null) {
                      vErrors = [err42];
                    } else {
                      vErrors.push(err42);
                    }
                    errors++;
                  }
                }
              } else {
                const err43 = { instancePath: instancePath + "/rules/" + i0 + "/keyless", schemaPath: "#/properties/rules/items/properties/keyless/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                if (vErrors === null) {
                  vErrors = [err43];
                } else {
                  vErrors.push(err43);
                }
                errors++;
              }
            }
          } else {
            const err44 = { instancePath: instancePath + "/rules/" + i0, schemaPath: "#/properties/rules/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err44];
            } else {
              vErrors.push(err44);
            }
            errors++;
          }
        }
      } else {
        const err45 = { instancePath: instancePath + "/rules", schemaPath: "#/properties/rules/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err45];
        } else {
          vErrors.push(err45);
        }
        errors++;
      }
    }
  } else {
    const err46 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err46];
    } else {
      vErrors.push(err46);
    }
    errors++;
  }
  validate312.errors = vErrors;
  return errors === 0;
}
var operator = validate323;
var schema74 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://towline.dev/schemas/v1/operator.schema.json", "title": "Operator", "description": "operators/<name>.yaml: a person's SSH keys at the gateway and what they reach. Who may change the fleet stands in trust/policy.yaml, not here.", "type": "object", "additionalProperties": false, "required": ["apiVersion", "sshKeys"], "properties": { "apiVersion": { "$ref": "https://towline.dev/schemas/v1/common.apiVersion.schema.json" }, "description": { "description": "For people.", "type": "string", "maxLength": 1e3 }, "sshKeys": { "description": "Keys that are this person at the gateway's SSH port.", "type": "array", "minItems": 1, "maxItems": 16, "items": { "$ref": "https://towline.dev/schemas/v1/common.sshPublicKey.schema.json" } }, "git": { "description": "Git over SSH.", "type": "object", "additionalProperties": false, "properties": { "fleet": { "description": "fleet.git. `request`: read, and push branches requests/<operator>/* alone.", "type": "string", "enum": ["none", "read", "request", "write"], "default": "none" }, "telemetry": { "description": "telemetry.git, of the whole fleet. For some devices alone there is `reads`.", "type": "string", "enum": ["none", "read"], "default": "none" } } }, "reads": { "description": "Devices whose telemetry this person may see, and have asked for: any of these selectors. Their branches are all that telemetry.git has for a person without `git.telemetry: read`.", "type": "array", "maxItems": 64, "items": { "$ref": "https://towline.dev/schemas/v1/common.selector.schema.json" } }, "tunnels": { "description": "Devices whose open tunnels this person may use: any of these selectors.", "type": "array", "maxItems": 64, "items": { "$ref": "https://towline.dev/schemas/v1/common.selector.schema.json" } }, "bundles": { "description": "Devices without a network that this person carries for: any of these selectors. `ssh git@<gateway> bundle <device>` gives them a bundle for it, and they may push what it has exported (`towline bundle take-back`).", "type": "array", "maxItems": 64, "items": { "$ref": "https://towline.dev/schemas/v1/common.selector.schema.json" } }, "oidc": { "description": "Who this person is at an OpenID provider; by this alone a certificate is made for them.", "type": "array", "maxItems": 8, "items": { "type": "object", "additionalProperties": false, "required": ["iss", "sub"], "properties": { "iss": { "description": "The provider, as its tokens name it.", "type": "string", "maxLength": 512, "pattern": "^https?://" }, "sub": { "description": "The person there; never a mail address that can be given to another.", "type": "string", "minLength": 1, "maxLength": 255 } } } } }, "examples": [{ "apiVersion": "towline/v1", "sshKeys": ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA alice"], "git": { "fleet": "write", "telemetry": "read" }, "tunnels": [{ "all": true }] }] };
function validate323(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.apiVersion === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "apiVersion" }, message: "must have required property 'apiVersion'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.sshKeys === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "sshKeys" }, message: "must have required property 'sshKeys'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "apiVersion" || key0 === "description" || key0 === "sshKeys" || key0 === "git" || key0 === "reads" || key0 === "tunnels" || key0 === "bundles" || key0 === "oidc")) {
        const err2 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.apiVersion !== void 0) {
      if (!validate22(data.apiVersion, { instancePath: instancePath + "/apiVersion", parentData: data, parentDataProperty: "apiVersion", rootData })) {
        vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
        errors = vErrors.length;
      }
    }
    if (data.description !== void 0) {
      let data1 = data.description;
      if (typeof data1 === "string") {
        if (func3(data1) > 1e3) {
          const err3 = { instancePath: instancePath + "/description", schemaPath: "#/properties/description/maxLength", keyword: "maxLength", params: { limit: 1e3 }, message: "must NOT have more than 1000 characters" };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
      } else {
        const err4 = { instancePath: instancePath + "/description", schemaPath: "#/properties/description/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.sshKeys !== void 0) {
      let data2 = data.sshKeys;
      if (Array.isArray(data2)) {
        if (data2.length > 16) {
          const err5 = { instancePath: instancePath + "/sshKeys", schemaPath: "#/properties/sshKeys/maxItems", keyword: "maxItems", params: { limit: 16 }, message: "must NOT have more than 16 items" };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
        if (data2.length < 1) {
          const err6 = { instancePath: instancePath + "/sshKeys", schemaPath: "#/properties/sshKeys/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
        const len0 = data2.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (!validate30(data2[i0], { instancePath: instancePath + "/sshKeys/" + i0, parentData: data2, parentDataProperty: i0, rootData })) {
            vErrors = vErrors === null ? validate30.errors : vErrors.concat(validate30.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err7 = { instancePath: instancePath + "/sshKeys", schemaPath: "#/properties/sshKeys/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.git !== void 0) {
      let data4 = data.git;
      if (data4 && typeof data4 == "object" && !Array.isArray(data4)) {
        for (const key1 in data4) {
          if (!(key1 === "fleet" || key1 === "telemetry")) {
            const err8 = { instancePath: instancePath + "/git", schemaPath: "#/properties/git/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err8];
            } else {
              vErrors.push(err8);
            }
            errors++;
          }
        }
        if (data4.fleet !== void 0) {
          let data5 = data4.fleet;
          if (typeof data5 !== "string") {
            const err9 = { instancePath: instancePath + "/git/fleet", schemaPath: "#/properties/git/properties/fleet/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err9];
            } else {
              vErrors.push(err9);
            }
            errors++;
          }
          if (!(data5 === "none" || data5 === "read" || data5 === "request" || data5 === "write")) {
            const err10 = { instancePath: instancePath + "/git/fleet", schemaPath: "#/properties/git/properties/fleet/enum", keyword: "enum", params: { allowedValues: schema74.properties.git.properties.fleet.enum }, message: "must be equal to one of the allowed values" };
            if (vErrors === null) {
              vErrors = [err10];
            } else {
              vErrors.push(err10);
            }
            errors++;
          }
        }
        if (data4.telemetry !== void 0) {
          let data6 = data4.telemetry;
          if (typeof data6 !== "string") {
            const err11 = { instancePath: instancePath + "/git/telemetry", schemaPath: "#/properties/git/properties/telemetry/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err11];
            } else {
              vErrors.push(err11);
            }
            errors++;
          }
          if (!(data6 === "none" || data6 === "read")) {
            const err12 = { instancePath: instancePath + "/git/telemetry", schemaPath: "#/properties/git/properties/telemetry/enum", keyword: "enum", params: { allowedValues: schema74.properties.git.properties.telemetry.enum }, message: "must be equal to one of the allowed values" };
            if (vErrors === null) {
              vErrors = [err12];
            } else {
              vErrors.push(err12);
            }
            errors++;
          }
        }
      } else {
        const err13 = { instancePath: instancePath + "/git", schemaPath: "#/properties/git/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    }
    if (data.reads !== void 0) {
      let data7 = data.reads;
      if (Array.isArray(data7)) {
        if (data7.length > 64) {
          const err14 = { instancePath: instancePath + "/reads", schemaPath: "#/properties/reads/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
          if (vErrors === null) {
            vErrors = [err14];
          } else {
            vErrors.push(err14);
          }
          errors++;
        }
        const len1 = data7.length;
        for (let i1 = 0; i1 < len1; i1++) {
          if (!validate180(data7[i1], { instancePath: instancePath + "/reads/" + i1, parentData: data7, parentDataProperty: i1, rootData })) {
            vErrors = vErrors === null ? validate180.errors : vErrors.concat(validate180.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err15 = { instancePath: instancePath + "/reads", schemaPath: "#/properties/reads/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err15];
        } else {
          vErrors.push(err15);
        }
        errors++;
      }
    }
    if (data.tunnels !== void 0) {
      let data9 = data.tunnels;
      if (Array.isArray(data9)) {
        if (data9.length > 64) {
          const err16 = { instancePath: instancePath + "/tunnels", schemaPath: "#/properties/tunnels/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
          if (vErrors === null) {
            vErrors = [err16];
          } else {
            vErrors.push(err16);
          }
          errors++;
        }
        const len2 = data9.length;
        for (let i2 = 0; i2 < len2; i2++) {
          if (!validate180(data9[i2], { instancePath: instancePath + "/tunnels/" + i2, parentData: data9, parentDataProperty: i2, rootData })) {
            vErrors = vErrors === null ? validate180.errors : vErrors.concat(validate180.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err17 = { instancePath: instancePath + "/tunnels", schemaPath: "#/properties/tunnels/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err17];
        } else {
          vErrors.push(err17);
        }
        errors++;
      }
    }
    if (data.bundles !== void 0) {
      let data11 = data.bundles;
      if (Array.isArray(data11)) {
        if (data11.length > 64) {
          const err18 = { instancePath: instancePath + "/bundles", schemaPath: "#/properties/bundles/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
          if (vErrors === null) {
            vErrors = [err18];
          } else {
            vErrors.push(err18);
          }
          errors++;
        }
        const len3 = data11.length;
        for (let i3 = 0; i3 < len3; i3++) {
          if (!validate180(data11[i3], { instancePath: instancePath + "/bundles/" + i3, parentData: data11, parentDataProperty: i3, rootData })) {
            vErrors = vErrors === null ? validate180.errors : vErrors.concat(validate180.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err19 = { instancePath: instancePath + "/bundles", schemaPath: "#/properties/bundles/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err19];
        } else {
          vErrors.push(err19);
        }
        errors++;
      }
    }
    if (data.oidc !== void 0) {
      let data13 = data.oidc;
      if (Array.isArray(data13)) {
        if (data13.length > 8) {
          const err20 = { instancePath: instancePath + "/oidc", schemaPath: "#/properties/oidc/maxItems", keyword: "maxItems", params: { limit: 8 }, message: "must NOT have more than 8 items" };
          if (vErrors === null) {
            vErrors = [err20];
          } else {
            vErrors.push(err20);
          }
          errors++;
        }
        const len4 = data13.length;
        for (let i4 = 0; i4 < len4; i4++) {
          let data14 = data13[i4];
          if (data14 && typeof data14 == "object" && !Array.isArray(data14)) {
            if (data14.iss === void 0) {
              const err21 = { instancePath: instancePath + "/oidc/" + i4, schemaPath: "#/properties/oidc/items/required", keyword: "required", params: { missingProperty: "iss" }, message: "must have required property 'iss'" };
              if (vErrors === null) {
                vErrors = [err21];
              } else {
                vErrors.push(err21);
              }
              errors++;
            }
            if (data14.sub === void 0) {
              const err22 = { instancePath: instancePath + "/oidc/" + i4, schemaPath: "#/properties/oidc/items/required", keyword: "required", params: { missingProperty: "sub" }, message: "must have required property 'sub'" };
              if (vErrors === null) {
                vErrors = [err22];
              } else {
                vErrors.push(err22);
              }
              errors++;
            }
            for (const key2 in data14) {
              if (!(key2 === "iss" || key2 === "sub")) {
                const err23 = { instancePath: instancePath + "/oidc/" + i4, schemaPath: "#/properties/oidc/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err23];
                } else {
                  vErrors.push(err23);
                }
                errors++;
              }
            }
            if (data14.iss !== void 0) {
              let data15 = data14.iss;
              if (typeof data15 === "string") {
                if (func3(data15) > 512) {
                  const err24 = { instancePath: instancePath + "/oidc/" + i4 + "/iss", schemaPath: "#/properties/oidc/items/properties/iss/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" };
                  if (vErrors === null) {
                    vErrors = [err24];
                  } else {
                    vErrors.push(err24);
                  }
                  errors++;
                }
                if (!pattern72.test(data15)) {
                  const err25 = { instancePath: instancePath + "/oidc/" + i4 + "/iss", schemaPath: "#/properties/oidc/items/properties/iss/pattern", keyword: "pattern", params: { pattern: "^https?://" }, message: 'must match pattern "^https?://"' };
                  if (vErrors === null) {
                    vErrors = [err25];
                  } else {
                    vErrors.push(err25);
                  }
                  errors++;
                }
              } else {
                const err26 = { instancePath: instancePath + "/oidc/" + i4 + "/iss", schemaPath: "#/properties/oidc/items/properties/iss/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err26];
                } else {
                  vErrors.push(err26);
                }
                errors++;
              }
            }
            if (data14.sub !== void 0) {
              let data16 = data14.sub;
              if (typeof data16 === "string") {
                if (func3(data16) > 255) {
                  const err27 = { instancePath: instancePath + "/oidc/" + i4 + "/sub", schemaPath: "#/properties/oidc/items/properties/sub/maxLength", keyword: "maxLength", params: { limit: 255 }, message: "must NOT have more than 255 characters" };
                  if (vErrors === null) {
                    vErrors = [err27];
                  } else {
                    vErrors.push(err27);
                  }
                  errors++;
                }
                if (func3(data16) < 1) {
                  const err28 = { instancePath: instancePath + "/oidc/" + i4 + "/sub", schemaPath: "#/properties/oidc/items/properties/sub/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
                  if (vErrors === null) {
                    vErrors = [err28];
                  } else {
                    vErrors.push(err28);
                  }
                  errors++;
                }
              } else {
                const err29 = { instancePath: instancePath + "/oidc/" + i4 + "/sub", schemaPath: "#/properties/oidc/items/properties/sub/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err29];
                } else {
                  vErrors.push(err29);
                }
                errors++;
              }
            }
          } else {
            const err30 = { instancePath: instancePath + "/oidc/" + i4, schemaPath: "#/properties/oidc/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err30];
            } else {
              vErrors.push(err30);
            }
            errors++;
          }
        }
      } else {
        const err31 = { instancePath: instancePath + "/oidc", schemaPath: "#/properties/oidc/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err31];
        } else {
          vErrors.push(err31);
        }
        errors++;
      }
    }
  } else {
    const err32 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err32];
    } else {
      vErrors.push(err32);
    }
    errors++;
  }
  validate323.errors = vErrors;
  return errors === 0;
}
var policy = validate329;
var schema75 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://towline.dev/schemas/v1/policy.schema.json", "title": "Trust policy", "description": "trust/policy.yaml: who may change what. Judged by every device, for every commit, by the policy in the commit before it.", "type": "object", "additionalProperties": false, "required": ["apiVersion", "fleet", "version", "principals", "roles"], "properties": { "apiVersion": { "$ref": "https://towline.dev/schemas/v1/common.apiVersion.schema.json" }, "fleet": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json" }, "version": { "description": "Raised by one with every change of trust/**.", "type": "integer", "minimum": 1 }, "walk": { "description": "Version of the rules by which devices judge the steps after this one; never lowered. An agent that does not know it stops before it (TRUST_WALK_UNKNOWN).", "type": "integer", "minimum": 1, "default": 1 }, "time": { "$ref": "https://towline.dev/schemas/v1/common.instant.schema.json", "description": "Sets line time, at the change that brings this value: root's way back from a signed time that lies in the future. Not before the last change of trust/**. From walk 2 on." }, "intent": { "description": "main: a signature counts only with the trailer Towline-Ref: <fleet>/main; any: without it, too.", "type": "string", "enum": ["main", "any"], "default": "main" }, "principals": { "description": "People and bots by name, with their keys. A key stands under one of them only.", "type": "object", "minProperties": 1, "maxProperties": 256, "propertyNames": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json" }, "additionalProperties": { "type": "object", "additionalProperties": false, "properties": { "openpgp": { "description": "Files with OpenPGP public keys, below trust/keys/.", "type": "array", "maxItems": 8, "items": { "type": "string", "pattern": "^trust/keys/[A-Za-z0-9._-]+$" } }, "ssh": { "description": "SSH public keys.", "type": "array", "maxItems": 8, "items": { "$ref": "https://towline.dev/schemas/v1/common.sshPublicKey.schema.json" } } } } }, "roles": { "description": "root must be there. timestamp, if there is one, signs freshness and nothing else.", "type": "object", "required": ["root"], "maxProperties": 64, "propertyNames": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json" }, "additionalProperties": { "type": "object", "additionalProperties": false, "required": ["principals"], "properties": { "principals": { "type": "array", "minItems": 1, "maxItems": 256, "uniqueItems": true, "description": "Who has the role.", "items": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json" } }, "threshold": { "description": "How many of them a change needs.", "type": "integer", "minimum": 1, "default": 1 } } } }, "rules": { "description": "The first rule that covers a path decides; what none covers needs root.", "type": "array", "maxItems": 256, "items": { "type": "object", "additionalProperties": false, "required": ["paths", "roles"], "not": { "required": ["only", "change"] }, "properties": { "paths": { "description": "Globs over bytes: * within a folder, ** across folders.", "type": "array", "minItems": 1, "maxItems": 64, "items": { "type": "string", "minLength": 1, "maxLength": 512 } }, "only": { "description": "JSON pointers: this rule covers changes below these values alone.", "type": "array", "minItems": 1, "maxItems": 64, "items": { "type": "string", "pattern": "^/", "maxLength": 512 } }, "change": { "description": "Of a rollout's file: this rule covers its whole change, where it is no more than one step. advance: `stage` by one and `since` together, not before the hold of the stage before is over, nothing paused, and not to a stage that people promote. pause: `paused` becomes true, and `reason` may say why. Not beside `only`; from walk 2 on.", "type": "string", "enum": ["advance", "pause"] }, "roles": { "description": "Any one of these roles, by its own threshold.", "type": "array", "minItems": 1, "maxItems": 16, "items": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json" } } } } } }, "examples": [{ "apiVersion": "towline/v1", "fleet": "acme-pumps", "version": 1, "principals": { "alice": { "openpgp": ["trust/keys/alice.asc"] } }, "roles": { "root": { "principals": ["alice"] } } }] };
var pattern75 = new RegExp("^trust/keys/[A-Za-z0-9._-]+$", "u");
function validate329(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.apiVersion === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "apiVersion" }, message: "must have required property 'apiVersion'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.fleet === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "fleet" }, message: "must have required property 'fleet'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.version === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "version" }, message: "must have required property 'version'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data.principals === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "principals" }, message: "must have required property 'principals'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    if (data.roles === void 0) {
      const err4 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "roles" }, message: "must have required property 'roles'" };
      if (vErrors === null) {
        vErrors = [err4];
      } else {
        vErrors.push(err4);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func2.call(schema75.properties, key0)) {
        const err5 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.apiVersion !== void 0) {
      if (!validate22(data.apiVersion, { instancePath: instancePath + "/apiVersion", parentData: data, parentDataProperty: "apiVersion", rootData })) {
        vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
        errors = vErrors.length;
      }
    }
    if (data.fleet !== void 0) {
      if (!validate24(data.fleet, { instancePath: instancePath + "/fleet", parentData: data, parentDataProperty: "fleet", rootData })) {
        vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
        errors = vErrors.length;
      }
    }
    if (data.version !== void 0) {
      let data2 = data.version;
      if (!(typeof data2 == "number" && (!(data2 % 1) && !isNaN(data2)) && isFinite(data2))) {
        const err6 = { instancePath: instancePath + "/version", schemaPath: "#/properties/version/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
      if (typeof data2 == "number" && isFinite(data2)) {
        if (data2 < 1 || isNaN(data2)) {
          const err7 = { instancePath: instancePath + "/version", schemaPath: "#/properties/version/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
      }
    }
    if (data.walk !== void 0) {
      let data3 = data.walk;
      if (!(typeof data3 == "number" && (!(data3 % 1) && !isNaN(data3)) && isFinite(data3))) {
        const err8 = { instancePath: instancePath + "/walk", schemaPath: "#/properties/walk/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
      if (typeof data3 == "number" && isFinite(data3)) {
        if (data3 < 1 || isNaN(data3)) {
          const err9 = { instancePath: instancePath + "/walk", schemaPath: "#/properties/walk/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err9];
          } else {
            vErrors.push(err9);
          }
          errors++;
        }
      }
    }
    if (data.time !== void 0) {
      if (!validate64(data.time, { instancePath: instancePath + "/time", parentData: data, parentDataProperty: "time", rootData })) {
        vErrors = vErrors === null ? validate64.errors : vErrors.concat(validate64.errors);
        errors = vErrors.length;
      }
    }
    if (data.intent !== void 0) {
      let data5 = data.intent;
      if (typeof data5 !== "string") {
        const err10 = { instancePath: instancePath + "/intent", schemaPath: "#/properties/intent/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
      if (!(data5 === "main" || data5 === "any")) {
        const err11 = { instancePath: instancePath + "/intent", schemaPath: "#/properties/intent/enum", keyword: "enum", params: { allowedValues: schema75.properties.intent.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.principals !== void 0) {
      let data6 = data.principals;
      if (data6 && typeof data6 == "object" && !Array.isArray(data6)) {
        if (Object.keys(data6).length > 256) {
          const err12 = { instancePath: instancePath + "/principals", schemaPath: "#/properties/principals/maxProperties", keyword: "maxProperties", params: { limit: 256 }, message: "must NOT have more than 256 properties" };
          if (vErrors === null) {
            vErrors = [err12];
          } else {
            vErrors.push(err12);
          }
          errors++;
        }
        if (Object.keys(data6).length < 1) {
          const err13 = { instancePath: instancePath + "/principals", schemaPath: "#/properties/principals/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
          if (vErrors === null) {
            vErrors = [err13];
          } else {
            vErrors.push(err13);
          }
          errors++;
        }
        for (const key1 in data6) {
          const _errs13 = errors;
          if (!validate24(key1, { instancePath: instancePath + "/principals", parentData: data6, parentDataProperty: "principals", rootData })) {
            vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
            errors = vErrors.length;
          }
          var valid1 = _errs13 === errors;
          if (!valid1) {
            const err14 = { instancePath: instancePath + "/principals", schemaPath: "#/properties/principals/propertyNames", keyword: "propertyNames", params: { propertyName: key1 }, message: "property name must be valid" };
            if (vErrors === null) {
              vErrors = [err14];
            } else {
              vErrors.push(err14);
            }
            errors++;
          }
        }
        for (const key2 in data6) {
          let data7 = data6[key2];
          if (data7 && typeof data7 == "object" && !Array.isArray(data7)) {
            for (const key3 in data7) {
              if (!(key3 === "openpgp" || key3 === "ssh")) {
                const err15 = { instancePath: instancePath + "/principals/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/principals/additionalProperties/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err15];
                } else {
                  vErrors.push(err15);
                }
                errors++;
              }
            }
            if (data7.openpgp !== void 0) {
              let data8 = data7.openpgp;
              if (Array.isArray(data8)) {
                if (data8.length > 8) {
                  const err16 = { instancePath: instancePath + "/principals/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/openpgp", schemaPath: "#/properties/principals/additionalProperties/properties/openpgp/maxItems", keyword: "maxItems", params: { limit: 8 }, message: "must NOT have more than 8 items" };
                  if (vErrors === null) {
                    vErrors = [err16];
                  } else {
                    vErrors.push(err16);
                  }
                  errors++;
                }
                const len0 = data8.length;
                for (let i0 = 0; i0 < len0; i0++) {
                  let data9 = data8[i0];
                  if (typeof data9 === "string") {
                    if (!pattern75.test(data9)) {
                      const err17 = { instancePath: instancePath + "/principals/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/openpgp/" + i0, schemaPath: "#/properties/principals/additionalProperties/properties/openpgp/items/pattern", keyword: "pattern", params: { pattern: "^trust/keys/[A-Za-z0-9._-]+$" }, message: 'must match pattern "^trust/keys/[A-Za-z0-9._-]+$"' };
                      if (vErrors === null) {
                        vErrors = [err17];
                      } else {
                        vErrors.push(err17);
                      }
                      errors++;
                    }
                  } else {
                    const err18 = { instancePath: instancePath + "/principals/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/openpgp/" + i0, schemaPath: "#/properties/principals/additionalProperties/properties/openpgp/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err18];
                    } else {
                      vErrors.push(err18);
                    }
                    errors++;
                  }
                }
              } else {
                const err19 = { instancePath: instancePath + "/principals/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/openpgp", schemaPath: "#/properties/principals/additionalProperties/properties/openpgp/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err19];
                } else {
                  vErrors.push(err19);
                }
                errors++;
              }
            }
            if (data7.ssh !== void 0) {
              let data10 = data7.ssh;
              if (Array.isArray(data10)) {
                if (data10.length > 8) {
                  const err20 = { instancePath: instancePath + "/principals/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/ssh", schemaPath: "#/properties/principals/additionalProperties/properties/ssh/maxItems", keyword: "maxItems", params: { limit: 8 }, message: "must NOT have more than 8 items" };
                  if (vErrors === null) {
                    vErrors = [err20];
                  } else {
                    vErrors.push(err20);
                  }
                  errors++;
                }
                const len1 = data10.length;
                for (let i1 = 0; i1 < len1; i1++) {
                  if (!validate30(data10[i1], { instancePath: instancePath + "/principals/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/ssh/" + i1, parentData: data10, parentDataProperty: i1, rootData })) {
                    vErrors = vErrors === null ? validate30.errors : vErrors.concat(validate30.errors);
                    errors = vErrors.length;
                  }
                }
              } else {
                const err21 = { instancePath: instancePath + "/principals/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/ssh", schemaPath: "#/properties/principals/additionalProperties/properties/ssh/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err21];
                } else {
                  vErrors.push(err21);
                }
                errors++;
              }
            }
          } else {
            const err22 = { instancePath: instancePath + "/principals/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/principals/additionalProperties/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err22];
            } else {
              vErrors.push(err22);
            }
            errors++;
          }
        }
      } else {
        const err23 = { instancePath: instancePath + "/principals", schemaPath: "#/properties/principals/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err23];
        } else {
          vErrors.push(err23);
        }
        errors++;
      }
    }
    if (data.roles !== void 0) {
      let data12 = data.roles;
      if (data12 && typeof data12 == "object" && !Array.isArray(data12)) {
        if (Object.keys(data12).length > 64) {
          const err24 = { instancePath: instancePath + "/roles", schemaPath: "#/properties/roles/maxProperties", keyword: "maxProperties", params: { limit: 64 }, message: "must NOT have more than 64 properties" };
          if (vErrors === null) {
            vErrors = [err24];
          } else {
            vErrors.push(err24);
          }
          errors++;
        }
        if (data12.root === void 0) {
          const err25 = { instancePath: instancePath + "/roles", schemaPath: "#/properties/roles/required", keyword: "required", params: { missingProperty: "root" }, message: "must have required property 'root'" };
          if (vErrors === null) {
            vErrors = [err25];
          } else {
            vErrors.push(err25);
          }
          errors++;
        }
        for (const key4 in data12) {
          const _errs27 = errors;
          if (!validate24(key4, { instancePath: instancePath + "/roles", parentData: data12, parentDataProperty: "roles", rootData })) {
            vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
            errors = vErrors.length;
          }
          var valid8 = _errs27 === errors;
          if (!valid8) {
            const err26 = { instancePath: instancePath + "/roles", schemaPath: "#/properties/roles/propertyNames", keyword: "propertyNames", params: { propertyName: key4 }, message: "property name must be valid" };
            if (vErrors === null) {
              vErrors = [err26];
            } else {
              vErrors.push(err26);
            }
            errors++;
          }
        }
        for (const key5 in data12) {
          let data13 = data12[key5];
          if (data13 && typeof data13 == "object" && !Array.isArray(data13)) {
            if (data13.principals === void 0) {
              const err27 = { instancePath: instancePath + "/roles/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/roles/additionalProperties/required", keyword: "required", params: { missingProperty: "principals" }, message: "must have required property 'principals'" };
              if (vErrors === null) {
                vErrors = [err27];
              } else {
                vErrors.push(err27);
              }
              errors++;
            }
            for (const key6 in data13) {
              if (!(key6 === "principals" || key6 === "threshold")) {
                const err28 = { instancePath: instancePath + "/roles/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/roles/additionalProperties/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key6 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err28];
                } else {
                  vErrors.push(err28);
                }
                errors++;
              }
            }
            if (data13.principals !== void 0) {
              let data14 = data13.principals;
              if (Array.isArray(data14)) {
                if (data14.length > 256) {
                  const err29 = { instancePath: instancePath + "/roles/" + key5.replace(/~/g, "~0").replace(/\//g, "~1") + "/principals", schemaPath: "#/properties/roles/additionalProperties/properties/principals/maxItems", keyword: "maxItems", params: { limit: 256 }, message: "must NOT have more than 256 items" };
                  if (vErrors === null) {
                    vErrors = [err29];
                  } else {
                    vErrors.push(err29);
                  }
                  errors++;
                }
                if (data14.length < 1) {
                  const err30 = { instancePath: instancePath + "/roles/" + key5.replace(/~/g, "~0").replace(/\//g, "~1") + "/principals", schemaPath: "#/properties/roles/additionalProperties/properties/principals/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
                  if (vErrors === null) {
                    vErrors = [err30];
                  } else {
                    vErrors.push(err30);
                  }
                  errors++;
                }
                const len2 = data14.length;
                for (let i2 = 0; i2 < len2; i2++) {
                  if (!validate24(data14[i2], { instancePath: instancePath + "/roles/" + key5.replace(/~/g, "~0").replace(/\//g, "~1") + "/principals/" + i2, parentData: data14, parentDataProperty: i2, rootData })) {
                    vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
                    errors = vErrors.length;
                  }
                }
                let i3 = data14.length;
                let j0;
                if (i3 > 1) {
                  outer0: for (; i3--; ) {
                    for (j0 = i3; j0--; ) {
                      if (func0(data14[i3], data14[j0])) {
                        const err31 = { instancePath: instancePath + "/roles/" + key5.replace(/~/g, "~0").replace(/\//g, "~1") + "/principals", schemaPath: "#/properties/roles/additionalProperties/properties/principals/uniqueItems", keyword: "uniqueItems", params: { i: i3, j: j0 }, message: "must NOT have duplicate items (items ## " + j0 + " and " + i3 + " are identical)" };
                        if (vErrors === null) {
                          vErrors = [err31];
                        } else {
                          vErrors.push(err31);
                        }
                        errors++;
                        break outer0;
                      }
                    }
                  }
                }
              } else {
                const err32 = { instancePath: instancePath + "/roles/" + key5.replace(/~/g, "~0").replace(/\//g, "~1") + "/principals", schemaPath: "#/properties/roles/additionalProperties/properties/principals/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err32];
                } else {
                  vErrors.push(err32);
                }
                errors++;
              }
            }
            if (data13.threshold !== void 0) {
              let data16 = data13.threshold;
              if (!(typeof data16 == "number" && (!(data16 % 1) && !isNaN(data16)) && isFinite(data16))) {
                const err33 = { instancePath: instancePath + "/roles/" + key5.replace(/~/g, "~0").replace(/\//g, "~1") + "/threshold", schemaPath: "#/properties/roles/additionalProperties/properties/threshold/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err33];
                } else {
                  vErrors.push(err33);
                }
                errors++;
              }
              if (typeof data16 == "number" && isFinite(data16)) {
                if (data16 < 1 || isNaN(data16)) {
                  const err34 = { instancePath: instancePath + "/roles/" + key5.replace(/~/g, "~0").replace(/\//g, "~1") + "/threshold", schemaPath: "#/properties/roles/additionalProperties/properties/threshold/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
                  if (vErrors === null) {
                    vErrors = [err34];
                  } else {
                    vErrors.push(err34);
                  }
                  errors++;
                }
              }
            }
          } else {
            const err35 = { instancePath: instancePath + "/roles/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/roles/additionalProperties/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err35];
            } else {
              vErrors.push(err35);
            }
            errors++;
          }
        }
      } else {
        const err36 = { instancePath: instancePath + "/roles", schemaPath: "#/properties/roles/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err36];
        } else {
          vErrors.push(err36);
        }
        errors++;
      }
    }
    if (data.rules !== void 0) {
      let data17 = data.rules;
      if (Array.isArray(data17)) {
        if (data17.length > 256) {
          const err37 = { instancePath: instancePath + "/rules", schemaPath: "#/properties/rules/maxItems", keyword: "maxItems", params: { limit: 256 }, message: "must NOT have more than 256 items" };
          if (vErrors === null) {
            vErrors = [err37];
          } else {
            vErrors.push(err37);
          }
          errors++;
        }
        const len3 = data17.length;
        for (let i4 = 0; i4 < len3; i4++) {
          let data18 = data17[i4];
          const _errs41 = errors;
          const _errs42 = errors;
          if (data18 && typeof data18 == "object" && !Array.isArray(data18)) {
            let missing0;
            if (data18.only === void 0 && (missing0 = "only") || data18.change === void 0 && (missing0 = "change")) {
              const err38 = {};
              if (vErrors === null) {
                vErrors = [err38];
              } else {
                vErrors.push(err38);
              }
              errors++;
            }
          }
          var valid16 = _errs42 === errors;
          if (valid16) {
            const err39 = { instancePath: instancePath + "/rules/" + i4, schemaPath: "#/properties/rules/items/not", keyword: "not", params: {}, message: "must NOT be valid" };
            if (vErrors === null) {
              vErrors = [err39];
            } else {
              vErrors.push(err39);
            }
            errors++;
          } else {
            errors = _errs41;
            if (vErrors !== null) {
              if (_errs41) {
                vErrors.length = _errs41;
              } else {
                vErrors = null;
              }
            }
          }
          if (data18 && typeof data18 == "object" && !Array.isArray(data18)) {
            if (data18.paths === void 0) {
              const err40 = { instancePath: instancePath + "/rules/" + i4, schemaPath: "#/properties/rules/items/required", keyword: "required", params: { missingProperty: "paths" }, message: "must have required property 'paths'" };
              if (vErrors === null) {
                vErrors = [err40];
              } else {
                vErrors.push(err40);
              }
              errors++;
            }
            if (data18.roles === void 0) {
              const err41 = { instancePath: instancePath + "/rules/" + i4, schemaPath: "#/properties/rules/items/required", keyword: "required", params: { missingProperty: "roles" }, message: "must have required property 'roles'" };
              if (vErrors === null) {
                vErrors = [err41];
              } else {
                vErrors.push(err41);
              }
              errors++;
            }
            for (const key7 in data18) {
              if (!(key7 === "paths" || key7 === "only" || key7 === "change" || key7 === "roles")) {
                const err42 = { instancePath: instancePath + "/rules/" + i4, schemaPath: "#/properties/rules/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key7 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err42];
                } else {
                  vErrors.push(err42);
                }
                errors++;
              }
            }
            if (data18.paths !== void 0) {
              let data19 = data18.paths;
              if (Array.isArray(data19)) {
                if (data19.length > 64) {
                  const err43 = { instancePath: instancePath + "/rules/" + i4 + "/paths", schemaPath: "#/properties/rules/items/properties/paths/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
                  if (vErrors === null) {
                    vErrors = [err43];
                  } else {
                    vErrors.push(err43);
                  }
                  errors++;
                }
                if (data19.length < 1) {
                  const err44 = { instancePath: instancePath + "/rules/" + i4 + "/paths", schemaPath: "#/properties/rules/items/properties/paths/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
                  if (vErrors === null) {
                    vErrors = [err44];
                  } else {
                    vErrors.push(err44);
                  }
                  errors++;
                }
                const len4 = data19.length;
                for (let i5 = 0; i5 < len4; i5++) {
                  let data20 = data19[i5];
                  if (typeof data20 === "string") {
                    if (func3(data20) > 512) {
                      const err45 = { instancePath: instancePath + "/rules/" + i4 + "/paths/" + i5, schemaPath: "#/properties/rules/items/properties/paths/items/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" };
                      if (vErrors === null) {
                        vErrors = [err45];
                      } else {
                        vErrors.push(err45);
                      }
                      errors++;
                    }
                    if (func3(data20) < 1) {
                      const err46 = { instancePath: instancePath + "/rules/" + i4 + "/paths/" + i5, schemaPath: "#/properties/rules/items/properties/paths/items/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
                      if (vErrors === null) {
                        vErrors = [err46];
                      } else {
                        vErrors.push(err46);
                      }
                      errors++;
                    }
                  } else {
                    const err47 = { instancePath: instancePath + "/rules/" + i4 + "/paths/" + i5, schemaPath: "#/properties/rules/items/properties/paths/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err47];
                    } else {
                      vErrors.push(err47);
                    }
                    errors++;
                  }
                }
              } else {
                const err48 = { instancePath: instancePath + "/rules/" + i4 + "/paths", schemaPath: "#/properties/rules/items/properties/paths/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err48];
                } else {
                  vErrors.push(err48);
                }
                errors++;
              }
            }
            if (data18.only !== void 0) {
              let data21 = data18.only;
              if (Array.isArray(data21)) {
                if (data21.length > 64) {
                  const err49 = { instancePath: instancePath + "/rules/" + i4 + "/only", schemaPath: "#/properties/rules/items/properties/only/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
                  if (vErrors === null) {
                    vErrors = [err49];
                  } else {
                    vErrors.push(err49);
                  }
                  errors++;
                }
                if (data21.length < 1) {
                  const err50 = { instancePath: instancePath + "/rules/" + i4 + "/only", schemaPath: "#/properties/rules/items/properties/only/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
                  if (vErrors === null) {
                    vErrors = [err50];
                  } else {
                    vErrors.push(err50);
                  }
                  errors++;
                }
                const len5 = data21.length;
                for (let i6 = 0; i6 < len5; i6++) {
                  let data22 = data21[i6];
                  if (typeof data22 === "string") {
                    if (func3(data22) > 512) {
                      const err51 = { instancePath: instancePath + "/rules/" + i4 + "/only/" + i6, schemaPath: "#/properties/rules/items/properties/only/items/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" };
                      if (vErrors === null) {
                        vErrors = [err51];
                      } else {
                        vErrors.push(err51);
                      }
                      errors++;
                    }
                    if (!pattern5.test(data22)) {
                      const err52 = { instancePath: instancePath + "/rules/" + i4 + "/only/" + i6, schemaPath: "#/properties/rules/items/properties/only/items/pattern", keyword: "pattern", params: { pattern: "^/" }, message: 'must match pattern "^/"' };
                      if (vErrors === null) {
                        vErrors = [err52];
                      } else {
                        vErrors.push(err52);
                      }
                      errors++;
                    }
                  } else {
                    const err53 = { instancePath: instancePath + "/rules/" + i4 + "/only/" + i6, schemaPath: "#/properties/rules/items/properties/only/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err53];
                    } else {
                      vErrors.push(err53);
                    }
                    errors++;
                  }
                }
              } else {
                const err54 = { instancePath: instancePath + "/rules/" + i4 + "/only", schemaPath: "#/properties/rules/items/properties/only/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err54];
                } else {
                  vErrors.push(err54);
                }
                errors++;
              }
            }
            if (data18.change !== void 0) {
              let data23 = data18.change;
              if (typeof data23 !== "string") {
                const err55 = { instancePath: instancePath + "/rules/" + i4 + "/change", schemaPath: "#/properties/rules/items/properties/change/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err55];
                } else {
                  vErrors.push(err55);
                }
                errors++;
              }
              if (!(data23 === "advance" || data23 === "pause")) {
                const err56 = { instancePath: instancePath + "/rules/" + i4 + "/change", schemaPath: "#/properties/rules/items/properties/change/enum", keyword: "enum", params: { allowedValues: schema75.properties.rules.items.properties.change.enum }, message: "must be equal to one of the allowed values" };
                if (vErrors === null) {
                  vErrors = [err56];
                } else {
                  vErrors.push(err56);
                }
                errors++;
              }
            }
            if (data18.roles !== void 0) {
              let data24 = data18.roles;
              if (Array.isArray(data24)) {
                if (data24.length > 16) {
                  const err57 = { instancePath: instancePath + "/rules/" + i4 + "/roles", schemaPath: "#/properties/rules/items/properties/roles/maxItems", keyword: "maxItems", params: { limit: 16 }, message: "must NOT have more than 16 items" };
                  if (vErrors === null) {
                    vErrors = [err57];
                  } else {
                    vErrors.push(err57);
                  }
                  errors++;
                }
                if (data24.length < 1) {
                  const err58 = { instancePath: instancePath + "/rules/" + i4 + "/roles", schemaPath: "#/properties/rules/items/properties/roles/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
                  if (vErrors === null) {
                    vErrors = [err58];
                  } else {
                    vErrors.push(err58);
                  }
                  errors++;
                }
                const len6 = data24.length;
                for (let i7 = 0; i7 < len6; i7++) {
                  if (!validate24(data24[i7], { instancePath: instancePath + "/rules/" + i4 + "/roles/" + i7, parentData: data24, parentDataProperty: i7, rootData })) {
                    vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
                    errors = vErrors.length;
                  }
                }
              } else {
                const err59 = { instancePath: instancePath + "/rules/" + i4 + "/roles", schemaPath: "#/properties/rules/items/properties/roles/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err59];
                } else {
                  vErrors.push(err59);
                }
                errors++;
              }
            }
          } else {
            const err60 = { instancePath: instancePath + "/rules/" + i4, schemaPath: "#/properties/rules/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err60];
            } else {
              vErrors.push(err60);
            }
            errors++;
          }
        }
      } else {
        const err61 = { instancePath: instancePath + "/rules", schemaPath: "#/properties/rules/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err61];
        } else {
          vErrors.push(err61);
        }
        errors++;
      }
    }
  } else {
    const err62 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err62];
    } else {
      vErrors.push(err62);
    }
    errors++;
  }
  validate329.errors = vErrors;
  return errors === 0;
}
var release = validate338;
var schema76 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://towline.dev/schemas/v1/release.schema.json", "title": "Release", "description": "apps/<app>/releases/<version>/release.yaml: the images of one release, each pinned to a digest. `towline release` writes it, beside a copy of the app's files: a device to which the release is assigned reads nothing else of the app.", "type": "object", "additionalProperties": false, "required": ["apiVersion", "version", "images"], "properties": { "apiVersion": { "$ref": "https://towline.dev/schemas/v1/common.apiVersion.schema.json" }, "version": { "$ref": "https://towline.dev/schemas/v1/common.version.schema.json" }, "notes": { "description": "What is new, for people. May change after the release is accepted.", "type": "string", "maxLength": 4e3 }, "withdrawn": { "description": "Why nobody should get it any more. May come and go after the release is accepted; devices that run it keep it.", "type": "string", "minLength": 1, "maxLength": 1e3 }, "breaking": { "description": "What people must do or know before a device gets it: plans, pull requests and rollouts say it.", "type": "string", "minLength": 1, "maxLength": 1e3 }, "migration": { "description": "`one-way`: it changes data so that no earlier release can read it. Plans and pull requests say so.", "type": "string", "enum": ["one-way"] }, "requires": { "description": "What a device must have. One that lacks something keeps what it runs, and says why.", "type": "object", "additionalProperties": false, "properties": { "agent": { "$ref": "https://towline.dev/schemas/v1/common.leastVersion.schema.json", "description": "The oldest version of Towline's agent." }, "engine": { "$ref": "https://towline.dev/schemas/v1/common.leastVersion.schema.json", "description": "The oldest version of the container engine.", "examples": ["24.0"] }, "platforms": { "description": "It is for devices of these alone.", "type": "array", "minItems": 1, "maxItems": 16, "uniqueItems": true, "items": { "$ref": "https://towline.dev/schemas/v1/common.platform.schema.json" } }, "disk": { "$ref": "https://towline.dev/schemas/v1/common.size.schema.json", "description": "Free where the engine keeps images and volumes, besides what the images take." }, "memory": { "$ref": "https://towline.dev/schemas/v1/common.size.schema.json", "description": "Of the machine, in all." } } }, "variables": { "$ref": "https://towline.dev/schemas/v1/common.variables.schema.json" }, "images": { "description": "Service \u2192 its image.", "type": "object", "minProperties": 1, "maxProperties": 256, "additionalProperties": { "type": "object", "additionalProperties": false, "required": ["image", "digest"], "properties": { "image": { "description": "Reference as the Compose file had it when the release was made.", "type": "string", "maxLength": 512 }, "digest": { "$ref": "https://towline.dev/schemas/v1/common.digest.schema.json", "description": "What is pulled, whatever the tag says by then: of the index, where the image has one." }, "platforms": { "description": "Platform \u2192 what it takes there. `towline release` has read it from the registry.", "type": "object", "minProperties": 1, "maxProperties": 64, "propertyNames": { "$ref": "https://towline.dev/schemas/v1/common.platform.schema.json" }, "additionalProperties": { "type": "object", "additionalProperties": false, "required": ["download"], "properties": { "download": { "description": "Bytes over the network, where none of its layers is there.", "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "unpacked": { "description": "Bytes on the disk; absent: nobody has unpacked it.", "type": "integer", "minimum": 0, "maximum": 9007199254740991 } } } }, "signed": { "description": "Whose signature the image has: `towline release` has checked it by trust/images.yaml.", "type": "object", "additionalProperties": false, "required": ["by"], "properties": { "by": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json", "description": "The rule in trust/images.yaml." }, "key": { "$ref": "https://towline.dev/schemas/v1/common.digest.schema.json", "description": "The public key that has signed: SHA-256 of its SubjectPublicKeyInfo." }, "issuer": { "description": "Without a key: who knows the signer, as the certificate has it.", "type": "string", "maxLength": 512 }, "subject": { "description": "Without a key: who the signer is, as the certificate has it.", "type": "string", "maxLength": 512 }, "payload": { "description": "What was signed, base64: for rules with `onDevice`.", "type": "string", "maxLength": 22e3, "pattern": "^[A-Za-z0-9+/]+={0,2}$" }, "signature": { "description": "The signature of it, base64.", "type": "string", "maxLength": 2048, "pattern": "^[A-Za-z0-9+/]+={0,2}$" } } } } } } }, "examples": [{ "apiVersion": "towline/v1", "version": "1.4.2", "images": { "web": { "image": "registry.example.com/web:1.4.2", "digest": "sha256:0000000000000000000000000000000000000000000000000000000000000000", "platforms": { "linux/amd64": { "download": 2514203, "unpacked": 4261503 }, "linux/arm64": { "download": 2307114, "unpacked": 4119204 } } } }, "requires": { "engine": "24.0", "memory": "512MiB" }, "notes": "Reads the new flow meters." }] };
var pattern77 = new RegExp("^[a-z0-9]{1,32}/[a-z0-9]{1,32}(/[a-z0-9]{1,32})?$", "u");
function validate343(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (!pattern77.test(data)) {
      const err0 = { instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9]{1,32}/[a-z0-9]{1,32}(/[a-z0-9]{1,32})?$" }, message: 'must match pattern "^[a-z0-9]{1,32}/[a-z0-9]{1,32}(/[a-z0-9]{1,32})?$"' };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
  } else {
    const err1 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err1];
    } else {
      vErrors.push(err1);
    }
    errors++;
  }
  validate343.errors = vErrors;
  return errors === 0;
}
var pattern78 = new RegExp("^sha256:[0-9a-f]{64}$", "u");
function validate348(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (!pattern78.test(data)) {
      const err0 = { instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^sha256:[0-9a-f]{64}$" }, message: 'must match pattern "^sha256:[0-9a-f]{64}$"' };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
  } else {
    const err1 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err1];
    } else {
      vErrors.push(err1);
    }
    errors++;
  }
  validate348.errors = vErrors;
  return errors === 0;
}
var pattern79 = new RegExp("^[A-Za-z0-9+/]+={0,2}$", "u");
function validate338(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.apiVersion === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "apiVersion" }, message: "must have required property 'apiVersion'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.version === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "version" }, message: "must have required property 'version'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.images === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "images" }, message: "must have required property 'images'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func2.call(schema76.properties, key0)) {
        const err3 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.apiVersion !== void 0) {
      if (!validate22(data.apiVersion, { instancePath: instancePath + "/apiVersion", parentData: data, parentDataProperty: "apiVersion", rootData })) {
        vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
        errors = vErrors.length;
      }
    }
    if (data.version !== void 0) {
      if (!validate70(data.version, { instancePath: instancePath + "/version", parentData: data, parentDataProperty: "version", rootData })) {
        vErrors = vErrors === null ? validate70.errors : vErrors.concat(validate70.errors);
        errors = vErrors.length;
      }
    }
    if (data.notes !== void 0) {
      let data2 = data.notes;
      if (typeof data2 === "string") {
        if (func3(data2) > 4e3) {
          const err4 = { instancePath: instancePath + "/notes", schemaPath: "#/properties/notes/maxLength", keyword: "maxLength", params: { limit: 4e3 }, message: "must NOT have more than 4000 characters" };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
      } else {
        const err5 = { instancePath: instancePath + "/notes", schemaPath: "#/properties/notes/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.withdrawn !== void 0) {
      let data3 = data.withdrawn;
      if (typeof data3 === "string") {
        if (func3(data3) > 1e3) {
          const err6 = { instancePath: instancePath + "/withdrawn", schemaPath: "#/properties/withdrawn/maxLength", keyword: "maxLength", params: { limit: 1e3 }, message: "must NOT have more than 1000 characters" };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
        if (func3(data3) < 1) {
          const err7 = { instancePath: instancePath + "/withdrawn", schemaPath: "#/properties/withdrawn/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
      } else {
        const err8 = { instancePath: instancePath + "/withdrawn", schemaPath: "#/properties/withdrawn/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.breaking !== void 0) {
      let data4 = data.breaking;
      if (typeof data4 === "string") {
        if (func3(data4) > 1e3) {
          const err9 = { instancePath: instancePath + "/breaking", schemaPath: "#/properties/breaking/maxLength", keyword: "maxLength", params: { limit: 1e3 }, message: "must NOT have more than 1000 characters" };
          if (vErrors === null) {
            vErrors = [err9];
          } else {
            vErrors.push(err9);
          }
          errors++;
        }
        if (func3(data4) < 1) {
          const err10 = { instancePath: instancePath + "/breaking", schemaPath: "#/properties/breaking/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" };
          if (vErrors === null) {
            vErrors = [err10];
          } else {
            vErrors.push(err10);
          }
          errors++;
        }
      } else {
        const err11 = { instancePath: instancePath + "/breaking", schemaPath: "#/properties/breaking/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.migration !== void 0) {
      let data5 = data.migration;
      if (typeof data5 !== "string") {
        const err12 = { instancePath: instancePath + "/migration", schemaPath: "#/properties/migration/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      }
      if (!(data5 === "one-way")) {
        const err13 = { instancePath: instancePath + "/migration", schemaPath: "#/properties/migration/enum", keyword: "enum", params: { allowedValues: schema76.properties.migration.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    }
    if (data.requires !== void 0) {
      let data6 = data.requires;
      if (data6 && typeof data6 == "object" && !Array.isArray(data6)) {
        for (const key1 in data6) {
          if (!(key1 === "agent" || key1 === "engine" || key1 === "platforms" || key1 === "disk" || key1 === "memory")) {
            const err14 = { instancePath: instancePath + "/requires", schemaPath: "#/properties/requires/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err14];
            } else {
              vErrors.push(err14);
            }
            errors++;
          }
        }
        if (data6.agent !== void 0) {
          if (!validate118(data6.agent, { instancePath: instancePath + "/requires/agent", parentData: data6, parentDataProperty: "agent", rootData })) {
            vErrors = vErrors === null ? validate118.errors : vErrors.concat(validate118.errors);
            errors = vErrors.length;
          }
        }
        if (data6.engine !== void 0) {
          if (!validate118(data6.engine, { instancePath: instancePath + "/requires/engine", parentData: data6, parentDataProperty: "engine", rootData })) {
            vErrors = vErrors === null ? validate118.errors : vErrors.concat(validate118.errors);
            errors = vErrors.length;
          }
        }
        if (data6.platforms !== void 0) {
          let data9 = data6.platforms;
          if (Array.isArray(data9)) {
            if (data9.length > 16) {
              const err15 = { instancePath: instancePath + "/requires/platforms", schemaPath: "#/properties/requires/properties/platforms/maxItems", keyword: "maxItems", params: { limit: 16 }, message: "must NOT have more than 16 items" };
              if (vErrors === null) {
                vErrors = [err15];
              } else {
                vErrors.push(err15);
              }
              errors++;
            }
            if (data9.length < 1) {
              const err16 = { instancePath: instancePath + "/requires/platforms", schemaPath: "#/properties/requires/properties/platforms/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
              if (vErrors === null) {
                vErrors = [err16];
              } else {
                vErrors.push(err16);
              }
              errors++;
            }
            const len0 = data9.length;
            for (let i0 = 0; i0 < len0; i0++) {
              if (!validate343(data9[i0], { instancePath: instancePath + "/requires/platforms/" + i0, parentData: data9, parentDataProperty: i0, rootData })) {
                vErrors = vErrors === null ? validate343.errors : vErrors.concat(validate343.errors);
                errors = vErrors.length;
              }
            }
            let i1 = data9.length;
            let j0;
            if (i1 > 1) {
              outer0: for (; i1--; ) {
                for (j0 = i1; j0--; ) {
                  if (func0(data9[i1], data9[j0])) {
                    const err17 = { instancePath: instancePath + "/requires/platforms", schemaPath: "#/properties/requires/properties/platforms/uniqueItems", keyword: "uniqueItems", params: { i: i1, j: j0 }, message: "must NOT have duplicate items (items ## " + j0 + " and " + i1 + " are identical)" };
                    if (vErrors === null) {
                      vErrors = [err17];
                    } else {
                      vErrors.push(err17);
                    }
                    errors++;
                    break outer0;
                  }
                }
              }
            }
          } else {
            const err18 = { instancePath: instancePath + "/requires/platforms", schemaPath: "#/properties/requires/properties/platforms/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err18];
            } else {
              vErrors.push(err18);
            }
            errors++;
          }
        }
        if (data6.disk !== void 0) {
          if (!validate51(data6.disk, { instancePath: instancePath + "/requires/disk", parentData: data6, parentDataProperty: "disk", rootData })) {
            vErrors = vErrors === null ? validate51.errors : vErrors.concat(validate51.errors);
            errors = vErrors.length;
          }
        }
        if (data6.memory !== void 0) {
          if (!validate51(data6.memory, { instancePath: instancePath + "/requires/memory", parentData: data6, parentDataProperty: "memory", rootData })) {
            vErrors = vErrors === null ? validate51.errors : vErrors.concat(validate51.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err19 = { instancePath: instancePath + "/requires", schemaPath: "#/properties/requires/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err19];
        } else {
          vErrors.push(err19);
        }
        errors++;
      }
    }
    if (data.variables !== void 0) {
      if (!validate39(data.variables, { instancePath: instancePath + "/variables", parentData: data, parentDataProperty: "variables", rootData })) {
        vErrors = vErrors === null ? validate39.errors : vErrors.concat(validate39.errors);
        errors = vErrors.length;
      }
    }
    if (data.images !== void 0) {
      let data14 = data.images;
      if (data14 && typeof data14 == "object" && !Array.isArray(data14)) {
        if (Object.keys(data14).length > 256) {
          const err20 = { instancePath: instancePath + "/images", schemaPath: "#/properties/images/maxProperties", keyword: "maxProperties", params: { limit: 256 }, message: "must NOT have more than 256 properties" };
          if (vErrors === null) {
            vErrors = [err20];
          } else {
            vErrors.push(err20);
          }
          errors++;
        }
        if (Object.keys(data14).length < 1) {
          const err21 = { instancePath: instancePath + "/images", schemaPath: "#/properties/images/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
          if (vErrors === null) {
            vErrors = [err21];
          } else {
            vErrors.push(err21);
          }
          errors++;
        }
        for (const key2 in data14) {
          let data15 = data14[key2];
          if (data15 && typeof data15 == "object" && !Array.isArray(data15)) {
            if (data15.image === void 0) {
              const err22 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/images/additionalProperties/required", keyword: "required", params: { missingProperty: "image" }, message: "must have required property 'image'" };
              if (vErrors === null) {
                vErrors = [err22];
              } else {
                vErrors.push(err22);
              }
              errors++;
            }
            if (data15.digest === void 0) {
              const err23 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/images/additionalProperties/required", keyword: "required", params: { missingProperty: "digest" }, message: "must have required property 'digest'" };
              if (vErrors === null) {
                vErrors = [err23];
              } else {
                vErrors.push(err23);
              }
              errors++;
            }
            for (const key3 in data15) {
              if (!(key3 === "image" || key3 === "digest" || key3 === "platforms" || key3 === "signed")) {
                const err24 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/images/additionalProperties/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err24];
                } else {
                  vErrors.push(err24);
                }
                errors++;
              }
            }
            if (data15.image !== void 0) {
              let data16 = data15.image;
              if (typeof data16 === "string") {
                if (func3(data16) > 512) {
                  const err25 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/image", schemaPath: "#/properties/images/additionalProperties/properties/image/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" };
                  if (vErrors === null) {
                    vErrors = [err25];
                  } else {
                    vErrors.push(err25);
                  }
                  errors++;
                }
              } else {
                const err26 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/image", schemaPath: "#/properties/images/additionalProperties/properties/image/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err26];
                } else {
                  vErrors.push(err26);
                }
                errors++;
              }
            }
            if (data15.digest !== void 0) {
              if (!validate348(data15.digest, { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/digest", parentData: data15, parentDataProperty: "digest", rootData })) {
                vErrors = vErrors === null ? validate348.errors : vErrors.concat(validate348.errors);
                errors = vErrors.length;
              }
            }
            if (data15.platforms !== void 0) {
              let data18 = data15.platforms;
              if (data18 && typeof data18 == "object" && !Array.isArray(data18)) {
                if (Object.keys(data18).length > 64) {
                  const err27 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/platforms", schemaPath: "#/properties/images/additionalProperties/properties/platforms/maxProperties", keyword: "maxProperties", params: { limit: 64 }, message: "must NOT have more than 64 properties" };
                  if (vErrors === null) {
                    vErrors = [err27];
                  } else {
                    vErrors.push(err27);
                  }
                  errors++;
                }
                if (Object.keys(data18).length < 1) {
                  const err28 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/platforms", schemaPath: "#/properties/images/additionalProperties/properties/platforms/minProperties", keyword: "minProperties", params: { limit: 1 }, message: "must NOT have fewer than 1 properties" };
                  if (vErrors === null) {
                    vErrors = [err28];
                  } else {
                    vErrors.push(err28);
                  }
                  errors++;
                }
                for (const key4 in data18) {
                  const _errs34 = errors;
                  if (!validate343(key4, { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/platforms", parentData: data18, parentDataProperty: "platforms", rootData })) {
                    vErrors = vErrors === null ? validate343.errors : vErrors.concat(validate343.errors);
                    errors = vErrors.length;
                  }
                  var valid7 = _errs34 === errors;
                  if (!valid7) {
                    const err29 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/platforms", schemaPath: "#/properties/images/additionalProperties/properties/platforms/propertyNames", keyword: "propertyNames", params: { propertyName: key4 }, message: "property name must be valid" };
                    if (vErrors === null) {
                      vErrors = [err29];
                    } else {
                      vErrors.push(err29);
                    }
                    errors++;
                  }
                }
                for (const key5 in data18) {
                  let data19 = data18[key5];
                  if (data19 && typeof data19 == "object" && !Array.isArray(data19)) {
                    if (data19.download === void 0) {
                      const err30 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/platforms/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/images/additionalProperties/properties/platforms/additionalProperties/required", keyword: "required", params: { missingProperty: "download" }, message: "must have required property 'download'" };
                      if (vErrors === null) {
                        vErrors = [err30];
                      } else {
                        vErrors.push(err30);
                      }
                      errors++;
                    }
                    for (const key6 in data19) {
                      if (!(key6 === "download" || key6 === "unpacked")) {
                        const err31 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/platforms/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/images/additionalProperties/properties/platforms/additionalProperties/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key6 }, message: "must NOT have additional properties" };
                        if (vErrors === null) {
                          vErrors = [err31];
                        } else {
                          vErrors.push(err31);
                        }
                        errors++;
                      }
                    }
                    if (data19.download !== void 0) {
                      let data20 = data19.download;
                      if (!(typeof data20 == "number" && (!(data20 % 1) && !isNaN(data20)) && isFinite(data20))) {
                        const err32 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/platforms/" + key5.replace(/~/g, "~0").replace(/\//g, "~1") + "/download", schemaPath: "#/properties/images/additionalProperties/properties/platforms/additionalProperties/properties/download/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                        if (vErrors === null) {
                          vErrors = [err32];
                        } else {
                          vErrors.push(err32);
                        }
                        errors++;
                      }
                      if (typeof data20 == "number" && isFinite(data20)) {
                        if (data20 > 9007199254740991 || isNaN(data20)) {
                          const err33 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/platforms/" + key5.replace(/~/g, "~0").replace(/\//g, "~1") + "/download", schemaPath: "#/properties/images/additionalProperties/properties/platforms/additionalProperties/properties/download/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" };
                          if (vErrors === null) {
                            vErrors = [err33];
                          } else {
                            vErrors.push(err33);
                          }
                          errors++;
                        }
                        if (data20 < 0 || isNaN(data20)) {
                          const err34 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/platforms/" + key5.replace(/~/g, "~0").replace(/\//g, "~1") + "/download", schemaPath: "#/properties/images/additionalProperties/properties/platforms/additionalProperties/properties/download/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                          if (vErrors === null) {
                            vErrors = [err34];
                          } else {
                            vErrors.push(err34);
                          }
                          errors++;
                        }
                      }
                    }
                    if (data19.unpacked !== void 0) {
                      let data21 = data19.unpacked;
                      if (!(typeof data21 == "number" && (!(data21 % 1) && !isNaN(data21)) && isFinite(data21))) {
                        const err35 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/platforms/" + key5.replace(/~/g, "~0").replace(/\//g, "~1") + "/unpacked", schemaPath: "#/properties/images/additionalProperties/properties/platforms/additionalProperties/properties/unpacked/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                        if (vErrors === null) {
                          vErrors = [err35];
                        } else {
                          vErrors.push(err35);
                        }
                        errors++;
                      }
                      if (typeof data21 == "number" && isFinite(data21)) {
                        if (data21 > 9007199254740991 || isNaN(data21)) {
                          const err36 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/platforms/" + key5.replace(/~/g, "~0").replace(/\//g, "~1") + "/unpacked", schemaPath: "#/properties/images/additionalProperties/properties/platforms/additionalProperties/properties/unpacked/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" };
                          if (vErrors === null) {
                            vErrors = [err36];
                          } else {
                            vErrors.push(err36);
                          }
                          errors++;
                        }
                        if (data21 < 0 || isNaN(data21)) {
                          const err37 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/platforms/" + key5.replace(/~/g, "~0").replace(/\//g, "~1") + "/unpacked", schemaPath: "#/properties/images/additionalProperties/properties/platforms/additionalProperties/properties/unpacked/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                          if (vErrors === null) {
                            vErrors = [err37];
                          } else {
                            vErrors.push(err37);
                          }
                          errors++;
                        }
                      }
                    }
                  } else {
                    const err38 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/platforms/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/images/additionalProperties/properties/platforms/additionalProperties/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                    if (vErrors === null) {
                      vErrors = [err38];
                    } else {
                      vErrors.push(err38);
                    }
                    errors++;
                  }
                }
              } else {
                const err39 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/platforms", schemaPath: "#/properties/images/additionalProperties/properties/platforms/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                if (vErrors === null) {
                  vErrors = [err39];
                } else {
                  vErrors.push(err39);
                }
                errors++;
              }
            }
            if (data15.signed !== void 0) {
              let data22 = data15.signed;
              if (data22 && typeof data22 == "object" && !Array.isArray(data22)) {
                if (data22.by === void 0) {
                  const err40 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/signed", schemaPath: "#/properties/images/additionalProperties/properties/signed/required", keyword: "required", params: { missingProperty: "by" }, message: "must have required property 'by'" };
                  if (vErrors === null) {
                    vErrors = [err40];
                  } else {
                    vErrors.push(err40);
                  }
                  errors++;
                }
                for (const key7 in data22) {
                  if (!(key7 === "by" || key7 === "key" || key7 === "issuer" || key7 === "subject" || key7 === "payload" || key7 === "signature")) {
                    const err41 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/signed", schemaPath: "#/properties/images/additionalProperties/properties/signed/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key7 }, message: "must NOT have additional properties" };
                    if (vErrors === null) {
                      vErrors = [err41];
                    } else {
                      vErrors.push(err41);
                    }
                    errors++;
                  }
                }
                if (data22.by !== void 0) {
                  if (!validate24(data22.by, { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/signed/by", parentData: data22, parentDataProperty: "by", rootData })) {
                    vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
                    errors = vErrors.length;
                  }
                }
                if (data22.key !== void 0) {
                  if (!validate348(data22.key, { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/signed/key", parentData: data22, parentDataProperty: "key", rootData })) {
                    vErrors = vErrors === null ? validate348.errors : vErrors.concat(validate348.errors);
                    errors = vErrors.length;
                  }
                }
                if (data22.issuer !== void 0) {
                  let data25 = data22.issuer;
                  if (typeof data25 === "string") {
                    if (func3(data25) > 512) {
                      const err42 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/signed/issuer", schemaPath: "#/properties/images/additionalProperties/properties/signed/properties/issuer/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" };
                      if (vErrors === null) {
                        vErrors = [err42];
                      } else {
                        vErrors.push(err42);
                      }
                      errors++;
                    }
                  } else {
                    const err43 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/signed/issuer", schemaPath: "#/properties/images/additionalProperties/properties/signed/properties/issuer/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err43];
                    } else {
                      vErrors.push(err43);
                    }
                    errors++;
                  }
                }
                if (data22.subject !== void 0) {
                  let data26 = data22.subject;
                  if (typeof data26 === "string") {
                    if (func3(data26) > 512) {
                      const err44 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/signed/subject", schemaPath: "#/properties/images/additionalProperties/properties/signed/properties/subject/maxLength", keyword: "maxLength", params: { limit: 512 }, message: "must NOT have more than 512 characters" };
                      if (vErrors === null) {
                        vErrors = [err44];
                      } else {
                        vErrors.push(err44);
                      }
                      errors++;
                    }
                  } else {
                    const err45 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/signed/subject", schemaPath: "#/properties/images/additionalProperties/properties/signed/properties/subject/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err45];
                    } else {
                      vErrors.push(err45);
                    }
                    errors++;
                  }
                }
                if (data22.payload !== void 0) {
                  let data27 = data22.payload;
                  if (typeof data27 === "string") {
                    if (func3(data27) > 22e3) {
                      const err46 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/signed/payload", schemaPath: "#/properties/images/additionalProperties/properties/signed/properties/payload/maxLength", keyword: "maxLength", params: { limit: 22e3 }, message: "must NOT have more than 22000 characters" };
                      if (vErrors === null) {
                        vErrors = [err46];
                      } else {
                        vErrors.push(err46);
                      }
                      errors++;
                    }
                    if (!pattern79.test(data27)) {
                      const err47 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/signed/payload", schemaPath: "#/properties/images/additionalProperties/properties/signed/properties/payload/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9+/]+={0,2}$" }, message: 'must match pattern "^[A-Za-z0-9+/]+={0,2}$"' };
                      if (vErrors === null) {
                        vErrors = [err47];
                      } else {
                        vErrors.push(err47);
                      }
                      errors++;
                    }
                  } else {
                    const err48 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/signed/payload", schemaPath: "#/properties/images/additionalProperties/properties/signed/properties/payload/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err48];
                    } else {
                      vErrors.push(err48);
                    }
                    errors++;
                  }
                }
                if (data22.signature !== void 0) {
                  let data28 = data22.signature;
                  if (typeof data28 === "string") {
                    if (func3(data28) > 2048) {
                      const err49 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/signed/signature", schemaPath: "#/properties/images/additionalProperties/properties/signed/properties/signature/maxLength", keyword: "maxLength", params: { limit: 2048 }, message: "must NOT have more than 2048 characters" };
                      if (vErrors === null) {
                        vErrors = [err49];
                      } else {
                        vErrors.push(err49);
                      }
                      errors++;
                    }
                    if (!pattern79.test(data28)) {
                      const err50 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/signed/signature", schemaPath: "#/properties/images/additionalProperties/properties/signed/properties/signature/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9+/]+={0,2}$" }, message: 'must match pattern "^[A-Za-z0-9+/]+={0,2}$"' };
                      if (vErrors === null) {
                        vErrors = [err50];
                      } else {
                        vErrors.push(err50);
                      }
                      errors++;
                    }
                  } else {
                    const err51 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/signed/signature", schemaPath: "#/properties/images/additionalProperties/properties/signed/properties/signature/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err51];
                    } else {
                      vErrors.push(err51);
                    }
                    errors++;
                  }
                }
              } else {
                const err52 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1") + "/signed", schemaPath: "#/properties/images/additionalProperties/properties/signed/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                if (vErrors === null) {
                  vErrors = [err52];
                } else {
                  vErrors.push(err52);
                }
                errors++;
              }
            }
          } else {
            const err53 = { instancePath: instancePath + "/images/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/images/additionalProperties/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err53];
            } else {
              vErrors.push(err53);
            }
            errors++;
          }
        }
      } else {
        const err54 = { instancePath: instancePath + "/images", schemaPath: "#/properties/images/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err54];
        } else {
          vErrors.push(err54);
        }
        errors++;
      }
    }
  } else {
    const err55 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err55];
    } else {
      vErrors.push(err55);
    }
    errors++;
  }
  validate338.errors = vErrors;
  return errors === 0;
}
var review = validate353;
var schema79 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://towline.dev/schemas/v1/review.schema.json", "title": "Review", "description": "What `towline review plan` writes and `towline review comment` reads: what a branch would do, folded by equal plans. JSON, 1 MiB at most, made of a branch that may be hostile: each text is one of a stranger.", "type": "object", "additionalProperties": false, "required": ["apiVersion", "fleet", "base", "head", "problems", "devices", "plans", "rollouts", "privileges", "changes", "trust", "leftOut"], "properties": { "apiVersion": { "$ref": "https://towline.dev/schemas/v1/common.apiVersion.schema.json" }, "fleet": { "type": "string", "maxLength": 400, "description": "Name of the fleet, at the base." }, "base": { "description": "The commit that the branch goes onto.", "type": "string", "pattern": "^[0-9a-f]{40}$" }, "head": { "description": "The commit of the branch.", "type": "string", "pattern": "^[0-9a-f]{40}$" }, "problems": { "description": "What `towline validate` would refuse, of the base with the branch merged.", "type": "object", "additionalProperties": false, "required": ["count", "first"], "properties": { "count": { "type": "integer", "minimum": 0, "maximum": 1e15 }, "first": { "type": "array", "maxItems": 10, "items": { "type": "object", "additionalProperties": false, "required": ["code", "at", "message"], "properties": { "code": { "type": "string", "maxLength": 400 }, "at": { "type": "string", "maxLength": 400 }, "message": { "type": "string", "maxLength": 400 } } } } } }, "devices": { "type": "object", "additionalProperties": false, "required": ["all", "touched", "added", "removed"], "properties": { "all": { "type": "integer", "minimum": 0, "maximum": 1e15 }, "touched": { "type": "integer", "minimum": 0, "maximum": 1e15, "description": "Would do something, now or once a rollout has walked." }, "added": { "description": "Come with the branch.", "type": "object", "additionalProperties": false, "required": ["count", "first"], "properties": { "count": { "type": "integer", "minimum": 0, "maximum": 1e15 }, "first": { "type": "array", "maxItems": 5, "items": { "type": "string", "maxLength": 400 } } } }, "removed": { "description": "Go with it.", "type": "object", "additionalProperties": false, "required": ["count", "first"], "properties": { "count": { "type": "integer", "minimum": 0, "maximum": 1e15 }, "first": { "type": "array", "maxItems": 5, "items": { "type": "string", "maxLength": 400 } } } } } }, "plans": { "description": "Folded: each stands for all devices that would do the same. Most devices first.", "type": "array", "maxItems": 200, "items": { "type": "object", "additionalProperties": false, "required": ["devices", "apps", "device"], "properties": { "devices": { "description": "Who would do this.", "type": "object", "additionalProperties": false, "required": ["count", "first"], "properties": { "count": { "type": "integer", "minimum": 0, "maximum": 1e15 }, "first": { "type": "array", "maxItems": 5, "items": { "type": "string", "maxLength": 400 } } } }, "rollout": { "type": "string", "maxLength": 400, "description": "`app/name`: not at once, but once all stages of this rollout are open. Absent: at once." }, "apps": { "type": "array", "maxItems": 32, "items": { "type": "object", "additionalProperties": false, "required": ["app", "images", "services", "volumes", "notes"], "properties": { "app": { "type": "string", "maxLength": 400 }, "from": { "type": "string", "maxLength": 400, "description": "Its release before; absent: none." }, "to": { "type": "string", "maxLength": 400, "description": "Its release; absent: none, or the app goes." }, "gone": { "type": "boolean", "description": "Whether the app is no longer there." }, "images": { "description": "What is pulled.", "type": "object", "additionalProperties": false, "required": ["count"], "properties": { "count": { "type": "integer", "minimum": 0, "maximum": 1e15 }, "bytes": { "type": "integer", "minimum": 0, "maximum": 1e15, "description": "By release.yaml; absent: it does not say." } } }, "services": { "description": "What becomes of them.", "type": "array", "maxItems": 64, "items": { "type": "object", "additionalProperties": false, "required": ["name", "change", "because"], "properties": { "name": { "type": "string", "maxLength": 400 }, "change": { "type": "string", "enum": ["new", "replaced", "restarted", "changed", "removed"] }, "because": { "type": "array", "maxItems": 6, "items": { "type": "string", "maxLength": 400 } } } } }, "down": { "description": "Services that do not run from their stop until they are started again; absent: none.", "type": "object", "additionalProperties": false, "required": ["services", "strategy", "stopMs", "healthMs"], "properties": { "services": { "type": "array", "maxItems": 64, "items": { "type": "string", "maxLength": 400 } }, "strategy": { "type": "string", "enum": ["recreate", "stop-first"] }, "stopMs": { "type": "integer", "minimum": 0, "maximum": 1e15, "description": "The longest time that one of them is given to stop." }, "healthMs": { "type": "integer", "minimum": 0, "maximum": 1e15, "description": "In which all must be healthy, else the app goes back." } } }, "volumes": { "description": "Those of services that are touched.", "type": "array", "maxItems": 64, "items": { "type": "object", "additionalProperties": false, "required": ["name", "change"], "properties": { "name": { "type": "string", "maxLength": 400 }, "change": { "type": "string", "enum": ["kept", "new", "emptied", "removed"] } } } }, "notes": { "type": "array", "maxItems": 16, "items": { "type": "string", "maxLength": 400 } } } } }, "device": { "description": "What concerns the device itself: its tunnel, downloads ahead, what was not known.", "type": "array", "maxItems": 16, "items": { "type": "string", "maxLength": 400 } } } } }, "rollouts": { "description": "Those that the branch adds or changes.", "type": "array", "maxItems": 64, "items": { "type": "object", "additionalProperties": false, "required": ["app", "name", "change", "from", "to", "stage", "state", "stages", "pinned", "outside"], "properties": { "app": { "type": "string", "maxLength": 400 }, "name": { "type": "string", "maxLength": 400 }, "change": { "type": "string", "enum": ["new", "changed", "gone"] }, "from": { "type": "array", "maxItems": 32, "items": { "type": "string", "maxLength": 400 } }, "to": { "type": "string", "maxLength": 400 }, "stage": { "type": "integer", "minimum": 0, "maximum": 1e15 }, "was": { "type": "integer", "minimum": 0, "maximum": 1e15, "description": "How many stages were open before; absent: it is new." }, "state": { "type": "string", "enum": ["goes on", "paused", "aborted"] }, "stages": { "type": "array", "maxItems": 32, "items": { "type": "object", "additionalProperties": false, "required": ["name", "devices", "isOpen", "hold", "promote"], "properties": { "name": { "type": "string", "maxLength": 400 }, "devices": { "type": "integer", "minimum": 0, "maximum": 1e15 }, "isOpen": { "type": "boolean" }, "hold": { "type": "string", "maxLength": 400 }, "gate": { "type": "string", "maxLength": 400, "description": "In words; absent: none." }, "promote": { "type": "string", "enum": ["bot", "people"] } } } }, "pinned": { "type": "integer", "minimum": 0, "maximum": 1e15, "description": "Devices of the app whose own file gives a release." }, "outside": { "type": "integer", "minimum": 0, "maximum": 1e15, "description": "Devices of the app that no stage selects, or that are not in `from`." } } } }, "privileges": { "description": "What is asked for that was not before.", "type": "array", "maxItems": 200, "items": { "type": "object", "additionalProperties": false, "required": ["what", "of", "devices"], "properties": { "what": { "type": "string", "maxLength": 400 }, "of": { "type": "string", "maxLength": 400, "description": "`app/service`, or the file." }, "devices": { "type": "integer", "minimum": 0, "maximum": 1e15, "description": "On how many; 0: not by device." } } } }, "changes": { "description": "What changes of policy, people, publishers, gateways.", "type": "array", "maxItems": 200, "items": { "type": "object", "additionalProperties": false, "required": ["area", "what"], "properties": { "area": { "type": "string", "maxLength": 400 }, "what": { "type": "string", "maxLength": 400 } } } }, "trust": { "description": "What the policy at the base asks for, and who has vouched.", "type": "object", "additionalProperties": false, "required": ["asItIs", "merged", "requirements"], "properties": { "asItIs": { "type": "boolean", "description": "Whether devices would take the commits of the branch, pushed to main as they are." }, "merged": { "type": "boolean", "description": "Whether they would take them by any button of the forge: approvals cover the whole change." }, "code": { "type": "string", "maxLength": 400, "description": "Why not." }, "message": { "type": "string", "maxLength": 400 }, "requirements": { "type": "array", "maxItems": 64, "items": { "type": "object", "additionalProperties": false, "required": ["paths", "roles", "isMet"], "properties": { "paths": { "description": "What is changed.", "type": "object", "additionalProperties": false, "required": ["count", "first"], "properties": { "count": { "type": "integer", "minimum": 0, "maximum": 1e15 }, "first": { "type": "array", "maxItems": 5, "items": { "type": "string", "maxLength": 400 } } } }, "pointer": { "type": "string", "maxLength": 400, "description": "The value, where a rule by field decides." }, "rule": { "type": "integer", "minimum": 0, "maximum": 1e15, "description": "From 1; absent: root." }, "because": { "type": "string", "maxLength": 400 }, "roles": { "description": "Any of them is enough.", "type": "array", "maxItems": 16, "items": { "type": "object", "additionalProperties": false, "required": ["name", "threshold", "vouched", "missing"], "properties": { "name": { "type": "string", "maxLength": 400 }, "threshold": { "type": "integer", "minimum": 0, "maximum": 1e15 }, "vouched": { "type": "array", "maxItems": 64, "items": { "type": "string", "maxLength": 400 } }, "missing": { "type": "array", "maxItems": 64, "items": { "type": "string", "maxLength": 400 } } } } }, "isMet": { "type": "boolean" } } } } } }, "leftOut": { "description": "How many there was no room for.", "type": "object", "additionalProperties": false, "required": ["plans", "devices", "privileges", "changes", "requirements"], "properties": { "plans": { "type": "integer", "minimum": 0, "maximum": 1e15 }, "devices": { "type": "integer", "minimum": 0, "maximum": 1e15 }, "privileges": { "type": "integer", "minimum": 0, "maximum": 1e15 }, "changes": { "type": "integer", "minimum": 0, "maximum": 1e15 }, "requirements": { "type": "integer", "minimum": 0, "maximum": 1e15 } } } }, "examples": [{ "apiVersion": "towline/v1", "fleet": "acme", "base": "1111111111111111111111111111111111111111", "head": "2222222222222222222222222222222222222222", "problems": { "count": 0, "first": [] }, "devices": { "all": 300, "touched": 214, "added": { "count": 0, "first": [] }, "removed": { "count": 0, "first": [] } }, "plans": [{ "devices": { "count": 214, "first": ["pump-1", "pump-2", "pump-3", "pump-4", "pump-5"] }, "apps": [{ "app": "hello", "from": "1.4.2", "to": "1.5.0", "images": { "count": 2, "bytes": 220200960 }, "services": [{ "name": "web", "change": "replaced", "because": ["image changed: 1.4.2 \u2192 1.5.0"] }], "down": { "services": ["web"], "strategy": "recreate", "stopMs": 1e4, "healthMs": 3e5 }, "volumes": [{ "name": "data", "change": "kept" }], "notes": [] }], "device": [] }], "rollouts": [], "privileges": [{ "what": "capability NET_ADMIN (engine.privileged)", "of": "hello/web", "devices": 214 }], "changes": [{ "area": "policy", "what": "role root: 2 of 3 instead of 3 of 3" }], "trust": { "asItIs": false, "merged": false, "code": "TRUST_THRESHOLD", "message": "apps/hello/compose.yaml needs more than alice", "requirements": [{ "paths": { "count": 1, "first": ["apps/hello/compose.yaml"] }, "rule": 2, "roles": [{ "name": "maintainers", "threshold": 2, "vouched": ["alice"], "missing": ["bob"] }], "isMet": false }] }, "leftOut": { "plans": 0, "devices": 0, "privileges": 0, "changes": 0, "requirements": 0 } }] };
function validate353(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.apiVersion === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "apiVersion" }, message: "must have required property 'apiVersion'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.fleet === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "fleet" }, message: "must have required property 'fleet'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.base === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "base" }, message: "must have required property 'base'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data.head === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "head" }, message: "must have required property 'head'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    if (data.problems === void 0) {
      const err4 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "problems" }, message: "must have required property 'problems'" };
      if (vErrors === null) {
        vErrors = [err4];
      } else {
        vErrors.push(err4);
      }
      errors++;
    }
    if (data.devices === void 0) {
      const err5 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "devices" }, message: "must have required property 'devices'" };
      if (vErrors === null) {
        vErrors = [err5];
      } else {
        vErrors.push(err5);
      }
      errors++;
    }
    if (data.plans === void 0) {
      const err6 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "plans" }, message: "must have required property 'plans'" };
      if (vErrors === null) {
        vErrors = [err6];
      } else {
        vErrors.push(err6);
      }
      errors++;
    }
    if (data.rollouts === void 0) {
      const err7 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "rollouts" }, message: "must have required property 'rollouts'" };
      if (vErrors === null) {
        vErrors = [err7];
      } else {
        vErrors.push(err7);
      }
      errors++;
    }
    if (data.privileges === void 0) {
      const err8 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "privileges" }, message: "must have required property 'privileges'" };
      if (vErrors === null) {
        vErrors = [err8];
      } else {
        vErrors.push(err8);
      }
      errors++;
    }
    if (data.changes === void 0) {
      const err9 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "changes" }, message: "must have required property 'changes'" };
      if (vErrors === null) {
        vErrors = [err9];
      } else {
        vErrors.push(err9);
      }
      errors++;
    }
    if (data.trust === void 0) {
      const err10 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "trust" }, message: "must have required property 'trust'" };
      if (vErrors === null) {
        vErrors = [err10];
      } else {
        vErrors.push(err10);
      }
      errors++;
    }
    if (data.leftOut === void 0) {
      const err11 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "leftOut" }, message: "must have required property 'leftOut'" };
      if (vErrors === null) {
        vErrors = [err11];
      } else {
        vErrors.push(err11);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func2.call(schema79.properties, key0)) {
        const err12 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      }
    }
    if (data.apiVersion !== void 0) {
      if (!validate22(data.apiVersion, { instancePath: instancePath + "/apiVersion", parentData: data, parentDataProperty: "apiVersion", rootData })) {
        vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
        errors = vErrors.length;
      }
    }
    if (data.fleet !== void 0) {
      let data1 = data.fleet;
      if (typeof data1 === "string") {
        if (func3(data1) > 400) {
          const err13 = { instancePath: instancePath + "/fleet", schemaPath: "#/properties/fleet/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
          if (vErrors === null) {
            vErrors = [err13];
          } else {
            vErrors.push(err13);
          }
          errors++;
        }
      } else {
        const err14 = { instancePath: instancePath + "/fleet", schemaPath: "#/properties/fleet/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err14];
        } else {
          vErrors.push(err14);
        }
        errors++;
      }
    }
    if (data.base !== void 0) {
      let data2 = data.base;
      if (typeof data2 === "string") {
        if (!pattern4.test(data2)) {
          const err15 = { instancePath: instancePath + "/base", schemaPath: "#/properties/base/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{40}$" }, message: 'must match pattern "^[0-9a-f]{40}$"' };
          if (vErrors === null) {
            vErrors = [err15];
          } else {
            vErrors.push(err15);
          }
          errors++;
        }
      } else {
        const err16 = { instancePath: instancePath + "/base", schemaPath: "#/properties/base/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err16];
        } else {
          vErrors.push(err16);
        }
        errors++;
      }
    }
    if (data.head !== void 0) {
      let data3 = data.head;
      if (typeof data3 === "string") {
        if (!pattern4.test(data3)) {
          const err17 = { instancePath: instancePath + "/head", schemaPath: "#/properties/head/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{40}$" }, message: 'must match pattern "^[0-9a-f]{40}$"' };
          if (vErrors === null) {
            vErrors = [err17];
          } else {
            vErrors.push(err17);
          }
          errors++;
        }
      } else {
        const err18 = { instancePath: instancePath + "/head", schemaPath: "#/properties/head/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err18];
        } else {
          vErrors.push(err18);
        }
        errors++;
      }
    }
    if (data.problems !== void 0) {
      let data4 = data.problems;
      if (data4 && typeof data4 == "object" && !Array.isArray(data4)) {
        if (data4.count === void 0) {
          const err19 = { instancePath: instancePath + "/problems", schemaPath: "#/properties/problems/required", keyword: "required", params: { missingProperty: "count" }, message: "must have required property 'count'" };
          if (vErrors === null) {
            vErrors = [err19];
          } else {
            vErrors.push(err19);
          }
          errors++;
        }
        if (data4.first === void 0) {
          const err20 = { instancePath: instancePath + "/problems", schemaPath: "#/properties/problems/required", keyword: "required", params: { missingProperty: "first" }, message: "must have required property 'first'" };
          if (vErrors === null) {
            vErrors = [err20];
          } else {
            vErrors.push(err20);
          }
          errors++;
        }
        for (const key1 in data4) {
          if (!(key1 === "count" || key1 === "first")) {
            const err21 = { instancePath: instancePath + "/problems", schemaPath: "#/properties/problems/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err21];
            } else {
              vErrors.push(err21);
            }
            errors++;
          }
        }
        if (data4.count !== void 0) {
          let data5 = data4.count;
          if (!(typeof data5 == "number" && (!(data5 % 1) && !isNaN(data5)) && isFinite(data5))) {
            const err22 = { instancePath: instancePath + "/problems/count", schemaPath: "#/properties/problems/properties/count/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err22];
            } else {
              vErrors.push(err22);
            }
            errors++;
          }
          if (typeof data5 == "number" && isFinite(data5)) {
            if (data5 > 1e15 || isNaN(data5)) {
              const err23 = { instancePath: instancePath + "/problems/count", schemaPath: "#/properties/problems/properties/count/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
              if (vErrors === null) {
                vErrors = [err23];
              } else {
                vErrors.push(err23);
              }
              errors++;
            }
            if (data5 < 0 || isNaN(data5)) {
              const err24 = { instancePath: instancePath + "/problems/count", schemaPath: "#/properties/problems/properties/count/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
              if (vErrors === null) {
                vErrors = [err24];
              } else {
                vErrors.push(err24);
              }
              errors++;
            }
          }
        }
        if (data4.first !== void 0) {
          let data6 = data4.first;
          if (Array.isArray(data6)) {
            if (data6.length > 10) {
              const err25 = { instancePath: instancePath + "/problems/first", schemaPath: "#/properties/problems/properties/first/maxItems", keyword: "maxItems", params: { limit: 10 }, message: "must NOT have more than 10 items" };
              if (vErrors === null) {
                vErrors = [err25];
              } else {
                vErrors.push(err25);
              }
              errors++;
            }
            const len0 = data6.length;
            for (let i0 = 0; i0 < len0; i0++) {
              let data7 = data6[i0];
              if (data7 && typeof data7 == "object" && !Array.isArray(data7)) {
                if (data7.code === void 0) {
                  const err26 = { instancePath: instancePath + "/problems/first/" + i0, schemaPath: "#/properties/problems/properties/first/items/required", keyword: "required", params: { missingProperty: "code" }, message: "must have required property 'code'" };
                  if (vErrors === null) {
                    vErrors = [err26];
                  } else {
                    vErrors.push(err26);
                  }
                  errors++;
                }
                if (data7.at === void 0) {
                  const err27 = { instancePath: instancePath + "/problems/first/" + i0, schemaPath: "#/properties/problems/properties/first/items/required", keyword: "required", params: { missingProperty: "at" }, message: "must have required property 'at'" };
                  if (vErrors === null) {
                    vErrors = [err27];
                  } else {
                    vErrors.push(err27);
                  }
                  errors++;
                }
                if (data7.message === void 0) {
                  const err28 = { instancePath: instancePath + "/problems/first/" + i0, schemaPath: "#/properties/problems/properties/first/items/required", keyword: "required", params: { missingProperty: "message" }, message: "must have required property 'message'" };
                  if (vErrors === null) {
                    vErrors = [err28];
                  } else {
                    vErrors.push(err28);
                  }
                  errors++;
                }
                for (const key2 in data7) {
                  if (!(key2 === "code" || key2 === "at" || key2 === "message")) {
                    const err29 = { instancePath: instancePath + "/problems/first/" + i0, schemaPath: "#/properties/problems/properties/first/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
                    if (vErrors === null) {
                      vErrors = [err29];
                    } else {
                      vErrors.push(err29);
                    }
                    errors++;
                  }
                }
                if (data7.code !== void 0) {
                  let data8 = data7.code;
                  if (typeof data8 === "string") {
                    if (func3(data8) > 400) {
                      const err30 = { instancePath: instancePath + "/problems/first/" + i0 + "/code", schemaPath: "#/properties/problems/properties/first/items/properties/code/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                      if (vErrors === null) {
                        vErrors = [err30];
                      } else {
                        vErrors.push(err30);
                      }
                      errors++;
                    }
                  } else {
                    const err31 = { instancePath: instancePath + "/problems/first/" + i0 + "/code", schemaPath: "#/properties/problems/properties/first/items/properties/code/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err31];
                    } else {
                      vErrors.push(err31);
                    }
                    errors++;
                  }
                }
                if (data7.at !== void 0) {
                  let data9 = data7.at;
                  if (typeof data9 === "string") {
                    if (func3(data9) > 400) {
                      const err32 = { instancePath: instancePath + "/problems/first/" + i0 + "/at", schemaPath: "#/properties/problems/properties/first/items/properties/at/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                      if (vErrors === null) {
                        vErrors = [err32];
                      } else {
                        vErrors.push(err32);
                      }
                      errors++;
                    }
                  } else {
                    const err33 = { instancePath: instancePath + "/problems/first/" + i0 + "/at", schemaPath: "#/properties/problems/properties/first/items/properties/at/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err33];
                    } else {
                      vErrors.push(err33);
                    }
                    errors++;
                  }
                }
                if (data7.message !== void 0) {
                  let data10 = data7.message;
                  if (typeof data10 === "string") {
                    if (func3(data10) > 400) {
                      const err34 = { instancePath: instancePath + "/problems/first/" + i0 + "/message", schemaPath: "#/properties/problems/properties/first/items/properties/message/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                      if (vErrors === null) {
                        vErrors = [err34];
                      } else {
                        vErrors.push(err34);
                      }
                      errors++;
                    }
                  } else {
                    const err35 = { instancePath: instancePath + "/problems/first/" + i0 + "/message", schemaPath: "#/properties/problems/properties/first/items/properties/message/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err35];
                    } else {
                      vErrors.push(err35);
                    }
                    errors++;
                  }
                }
              } else {
                const err36 = { instancePath: instancePath + "/problems/first/" + i0, schemaPath: "#/properties/problems/properties/first/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                if (vErrors === null) {
                  vErrors = [err36];
                } else {
                  vErrors.push(err36);
                }
                errors++;
              }
            }
          } else {
            const err37 = { instancePath: instancePath + "/problems/first", schemaPath: "#/properties/problems/properties/first/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err37];
            } else {
              vErrors.push(err37);
            }
            errors++;
          }
        }
      } else {
        const err38 = { instancePath: instancePath + "/problems", schemaPath: "#/properties/problems/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err38];
        } else {
          vErrors.push(err38);
        }
        errors++;
      }
    }
    if (data.devices !== void 0) {
      let data11 = data.devices;
      if (data11 && typeof data11 == "object" && !Array.isArray(data11)) {
        if (data11.all === void 0) {
          const err39 = { instancePath: instancePath + "/devices", schemaPath: "#/properties/devices/required", keyword: "required", params: { missingProperty: "all" }, message: "must have required property 'all'" };
          if (vErrors === null) {
            vErrors = [err39];
          } else {
            vErrors.push(err39);
          }
          errors++;
        }
        if (data11.touched === void 0) {
          const err40 = { instancePath: instancePath + "/devices", schemaPath: "#/properties/devices/required", keyword: "required", params: { missingProperty: "touched" }, message: "must have required property 'touched'" };
          if (vErrors === null) {
            vErrors = [err40];
          } else {
            vErrors.push(err40);
          }
          errors++;
        }
        if (data11.added === void 0) {
          const err41 = { instancePath: instancePath + "/devices", schemaPath: "#/properties/devices/required", keyword: "required", params: { missingProperty: "added" }, message: "must have required property 'added'" };
          if (vErrors === null) {
            vErrors = [err41];
          } else {
            vErrors.push(err41);
          }
          errors++;
        }
        if (data11.removed === void 0) {
          const err42 = { instancePath: instancePath + "/devices", schemaPath: "#/properties/devices/required", keyword: "required", params: { missingProperty: "removed" }, message: "must have required property 'removed'" };
          if (vErrors === null) {
            vErrors = [err42];
          } else {
            vErrors.push(err42);
          }
          errors++;
        }
        for (const key3 in data11) {
          if (!(key3 === "all" || key3 === "touched" || key3 === "added" || key3 === "removed")) {
            const err43 = { instancePath: instancePath + "/devices", schemaPath: "#/properties/devices/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err43];
            } else {
              vErrors.push(err43);
            }
            errors++;
          }
        }
        if (data11.all !== void 0) {
          let data12 = data11.all;
          if (!(typeof data12 == "number" && (!(data12 % 1) && !isNaN(data12)) && isFinite(data12))) {
            const err44 = { instancePath: instancePath + "/devices/all", schemaPath: "#/properties/devices/properties/all/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err44];
            } else {
              vErrors.push(err44);
            }
            errors++;
          }
          if (typeof data12 == "number" && isFinite(data12)) {
            if (data12 > 1e15 || isNaN(data12)) {
              const err45 = { instancePath: instancePath + "/devices/all", schemaPath: "#/properties/devices/properties/all/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
              if (vErrors === null) {
                vErrors = [err45];
              } else {
                vErrors.push(err45);
              }
              errors++;
            }
            if (data12 < 0 || isNaN(data12)) {
              const err46 = { instancePath: instancePath + "/devices/all", schemaPath: "#/properties/devices/properties/all/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
              if (vErrors === null) {
                vErrors = [err46];
              } else {
                vErrors.push(err46);
              }
              errors++;
            }
          }
        }
        if (data11.touched !== void 0) {
          let data13 = data11.touched;
          if (!(typeof data13 == "number" && (!(data13 % 1) && !isNaN(data13)) && isFinite(data13))) {
            const err47 = { instancePath: instancePath + "/devices/touched", schemaPath: "#/properties/devices/properties/touched/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err47];
            } else {
              vErrors.push(err47);
            }
            errors++;
          }
          if (typeof data13 == "number" && isFinite(data13)) {
            if (data13 > 1e15 || isNaN(data13)) {
              const err48 = { instancePath: instancePath + "/devices/touched", schemaPath: "#/properties/devices/properties/touched/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
              if (vErrors === null) {
                vErrors = [err48];
              } else {
                vErrors.push(err48);
              }
              errors++;
            }
            if (data13 < 0 || isNaN(data13)) {
              const err49 = { instancePath: instancePath + "/devices/touched", schemaPath: "#/properties/devices/properties/touched/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
              if (vErrors === null) {
                vErrors = [err49];
              } else {
                vErrors.push(err49);
              }
              errors++;
            }
          }
        }
        if (data11.added !== void 0) {
          let data14 = data11.added;
          if (data14 && typeof data14 == "object" && !Array.isArray(data14)) {
            if (data14.count === void 0) {
              const err50 = { instancePath: instancePath + "/devices/added", schemaPath: "#/properties/devices/properties/added/required", keyword: "required", params: { missingProperty: "count" }, message: "must have required property 'count'" };
              if (vErrors === null) {
                vErrors = [err50];
              } else {
                vErrors.push(err50);
              }
              errors++;
            }
            if (data14.first === void 0) {
              const err51 = { instancePath: instancePath + "/devices/added", schemaPath: "#/properties/devices/properties/added/required", keyword: "required", params: { missingProperty: "first" }, message: "must have required property 'first'" };
              if (vErrors === null) {
                vErrors = [err51];
              } else {
                vErrors.push(err51);
              }
              errors++;
            }
            for (const key4 in data14) {
              if (!(key4 === "count" || key4 === "first")) {
                const err52 = { instancePath: instancePath + "/devices/added", schemaPath: "#/properties/devices/properties/added/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key4 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err52];
                } else {
                  vErrors.push(err52);
                }
                errors++;
              }
            }
            if (data14.count !== void 0) {
              let data15 = data14.count;
              if (!(typeof data15 == "number" && (!(data15 % 1) && !isNaN(data15)) && isFinite(data15))) {
                const err53 = { instancePath: instancePath + "/devices/added/count", schemaPath: "#/properties/devices/properties/added/properties/count/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err53];
                } else {
                  vErrors.push(err53);
                }
                errors++;
              }
              if (typeof data15 == "number" && isFinite(data15)) {
                if (data15 > 1e15 || isNaN(data15)) {
                  const err54 = { instancePath: instancePath + "/devices/added/count", schemaPath: "#/properties/devices/properties/added/properties/count/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
                  if (vErrors === null) {
                    vErrors = [err54];
                  } else {
                    vErrors.push(err54);
                  }
                  errors++;
                }
                if (data15 < 0 || isNaN(data15)) {
                  const err55 = { instancePath: instancePath + "/devices/added/count", schemaPath: "#/properties/devices/properties/added/properties/count/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                  if (vErrors === null) {
                    vErrors = [err55];
                  } else {
                    vErrors.push(err55);
                  }
                  errors++;
                }
              }
            }
            if (data14.first !== void 0) {
              let data16 = data14.first;
              if (Array.isArray(data16)) {
                if (data16.length > 5) {
                  const err56 = { instancePath: instancePath + "/devices/added/first", schemaPath: "#/properties/devices/properties/added/properties/first/maxItems", keyword: "maxItems", params: { limit: 5 }, message: "must NOT have more than 5 items" };
                  if (vErrors === null) {
                    vErrors = [err56];
                  } else {
                    vErrors.push(err56);
                  }
                  errors++;
                }
                const len1 = data16.length;
                for (let i1 = 0; i1 < len1; i1++) {
                  let data17 = data16[i1];
                  if (typeof data17 === "string") {
                    if (func3(data17) > 400) {
                      const err57 = { instancePath: instancePath + "/devices/added/first/" + i1, schemaPath: "#/properties/devices/properties/added/properties/first/items/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                      if (vErrors === null) {
                        vErrors = [err57];
                      } else {
                        vErrors.push(err57);
                      }
                      errors++;
                    }
                  } else {
                    const err58 = { instancePath: instancePath + "/devices/added/first/" + i1, schemaPath: "#/properties/devices/properties/added/properties/first/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err58];
                    } else {
                      vErrors.push(err58);
                    }
                    errors++;
                  }
                }
              } else {
                const err59 = { instancePath: instancePath + "/devices/added/first", schemaPath: "#/properties/devices/properties/added/properties/first/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err59];
                } else {
                  vErrors.push(err59);
                }
                errors++;
              }
            }
          } else {
            const err60 = { instancePath: instancePath + "/devices/added", schemaPath: "#/properties/devices/properties/added/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err60];
            } else {
              vErrors.push(err60);
            }
            errors++;
          }
        }
        if (data11.removed !== void 0) {
          let data18 = data11.removed;
          if (data18 && typeof data18 == "object" && !Array.isArray(data18)) {
            if (data18.count === void 0) {
              const err61 = { instancePath: instancePath + "/devices/removed", schemaPath: "#/properties/devices/properties/removed/required", keyword: "required", params: { missingProperty: "count" }, message: "must have required property 'count'" };
              if (vErrors === null) {
                vErrors = [err61];
              } else {
                vErrors.push(err61);
              }
              errors++;
            }
            if (data18.first === void 0) {
              const err62 = { instancePath: instancePath + "/devices/removed", schemaPath: "#/properties/devices/properties/removed/required", keyword: "required", params: { missingProperty: "first" }, message: "must have required property 'first'" };
              if (vErrors === null) {
                vErrors = [err62];
              } else {
                vErrors.push(err62);
              }
              errors++;
            }
            for (const key5 in data18) {
              if (!(key5 === "count" || key5 === "first")) {
                const err63 = { instancePath: instancePath + "/devices/removed", schemaPath: "#/properties/devices/properties/removed/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key5 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err63];
                } else {
                  vErrors.push(err63);
                }
                errors++;
              }
            }
            if (data18.count !== void 0) {
              let data19 = data18.count;
              if (!(typeof data19 == "number" && (!(data19 % 1) && !isNaN(data19)) && isFinite(data19))) {
                const err64 = { instancePath: instancePath + "/devices/removed/count", schemaPath: "#/properties/devices/properties/removed/properties/count/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err64];
                } else {
                  vErrors.push(err64);
                }
                errors++;
              }
              if (typeof data19 == "number" && isFinite(data19)) {
                if (data19 > 1e15 || isNaN(data19)) {
                  const err65 = { instancePath: instancePath + "/devices/removed/count", schemaPath: "#/properties/devices/properties/removed/properties/count/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
                  if (vErrors === null) {
                    vErrors = [err65];
                  } else {
                    vErrors.push(err65);
                  }
                  errors++;
                }
                if (data19 < 0 || isNaN(data19)) {
                  const err66 = { instancePath: instancePath + "/devices/removed/count", schemaPath: "#/properties/devices/properties/removed/properties/count/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                  if (vErrors === null) {
                    vErrors = [err66];
                  } else {
                    vErrors.push(err66);
                  }
                  errors++;
                }
              }
            }
            if (data18.first !== void 0) {
              let data20 = data18.first;
              if (Array.isArray(data20)) {
                if (data20.length > 5) {
                  const err67 = { instancePath: instancePath + "/devices/removed/first", schemaPath: "#/properties/devices/properties/removed/properties/first/maxItems", keyword: "maxItems", params: { limit: 5 }, message: "must NOT have more than 5 items" };
                  if (vErrors === null) {
                    vErrors = [err67];
                  } else {
                    vErrors.push(err67);
                  }
                  errors++;
                }
                const len2 = data20.length;
                for (let i2 = 0; i2 < len2; i2++) {
                  let data21 = data20[i2];
                  if (typeof data21 === "string") {
                    if (func3(data21) > 400) {
                      const err68 = { instancePath: instancePath + "/devices/removed/first/" + i2, schemaPath: "#/properties/devices/properties/removed/properties/first/items/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                      if (vErrors === null) {
                        vErrors = [err68];
                      } else {
                        vErrors.push(err68);
                      }
                      errors++;
                    }
                  } else {
                    const err69 = { instancePath: instancePath + "/devices/removed/first/" + i2, schemaPath: "#/properties/devices/properties/removed/properties/first/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err69];
                    } else {
                      vErrors.push(err69);
                    }
                    errors++;
                  }
                }
              } else {
                const err70 = { instancePath: instancePath + "/devices/removed/first", schemaPath: "#/properties/devices/properties/removed/properties/first/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err70];
                } else {
                  vErrors.push(err70);
                }
                errors++;
              }
            }
          } else {
            const err71 = { instancePath: instancePath + "/devices/removed", schemaPath: "#/properties/devices/properties/removed/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err71];
            } else {
              vErrors.push(err71);
            }
            errors++;
          }
        }
      } else {
        const err72 = { instancePath: instancePath + "/devices", schemaPath: "#/properties/devices/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err72];
        } else {
          vErrors.push(err72);
        }
        errors++;
      }
    }
    if (data.plans !== void 0) {
      let data22 = data.plans;
      if (Array.isArray(data22)) {
        if (data22.length > 200) {
          const err73 = { instancePath: instancePath + "/plans", schemaPath: "#/properties/plans/maxItems", keyword: "maxItems", params: { limit: 200 }, message: "must NOT have more than 200 items" };
          if (vErrors === null) {
            vErrors = [err73];
          } else {
            vErrors.push(err73);
          }
          errors++;
        }
        const len3 = data22.length;
        for (let i3 = 0; i3 < len3; i3++) {
          let data23 = data22[i3];
          if (data23 && typeof data23 == "object" && !Array.isArray(data23)) {
            if (data23.devices === void 0) {
              const err74 = { instancePath: instancePath + "/plans/" + i3, schemaPath: "#/properties/plans/items/required", keyword: "required", params: { missingProperty: "devices" }, message: "must have required property 'devices'" };
              if (vErrors === null) {
                vErrors = [err74];
              } else {
                vErrors.push(err74);
              }
              errors++;
            }
            if (data23.apps === void 0) {
              const err75 = { instancePath: instancePath + "/plans/" + i3, schemaPath: "#/properties/plans/items/required", keyword: "required", params: { missingProperty: "apps" }, message: "must have required property 'apps'" };
              if (vErrors === null) {
                vErrors = [err75];
              } else {
                vErrors.push(err75);
              }
              errors++;
            }
            if (data23.device === void 0) {
              const err76 = { instancePath: instancePath + "/plans/" + i3, schemaPath: "#/properties/plans/items/required", keyword: "required", params: { missingProperty: "device" }, message: "must have required property 'device'" };
              if (vErrors === null) {
                vErrors = [err76];
              } else {
                vErrors.push(err76);
              }
              errors++;
            }
            for (const key6 in data23) {
              if (!(key6 === "devices" || key6 === "rollout" || key6 === "apps" || key6 === "device")) {
                const err77 = { instancePath: instancePath + "/plans/" + i3, schemaPath: "#/properties/plans/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key6 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err77];
                } else {
                  vErrors.push(err77);
                }
                errors++;
              }
            }
            if (data23.devices !== void 0) {
              let data24 = data23.devices;
              if (data24 && typeof data24 == "object" && !Array.isArray(data24)) {
                if (data24.count === void 0) {
                  const err78 = { instancePath: instancePath + "/plans/" + i3 + "/devices", schemaPath: "#/properties/plans/items/properties/devices/required", keyword: "required", params: { missingProperty: "count" }, message: "must have required property 'count'" };
                  if (vErrors === null) {
                    vErrors = [err78];
                  } else {
                    vErrors.push(err78);
                  }
                  errors++;
                }
                if (data24.first === void 0) {
                  const err79 = { instancePath: instancePath + "/plans/" + i3 + "/devices", schemaPath: "#/properties/plans/items/properties/devices/required", keyword: "required", params: { missingProperty: "first" }, message: "must have required property 'first'" };
                  if (vErrors === null) {
                    vErrors = [err79];
                  } else {
                    vErrors.push(err79);
                  }
                  errors++;
                }
                for (const key7 in data24) {
                  if (!(key7 === "count" || key7 === "first")) {
                    const err80 = { instancePath: instancePath + "/plans/" + i3 + "/devices", schemaPath: "#/properties/plans/items/properties/devices/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key7 }, message: "must NOT have additional properties" };
                    if (vErrors === null) {
                      vErrors = [err80];
                    } else {
                      vErrors.push(err80);
                    }
                    errors++;
                  }
                }
                if (data24.count !== void 0) {
                  let data25 = data24.count;
                  if (!(typeof data25 == "number" && (!(data25 % 1) && !isNaN(data25)) && isFinite(data25))) {
                    const err81 = { instancePath: instancePath + "/plans/" + i3 + "/devices/count", schemaPath: "#/properties/plans/items/properties/devices/properties/count/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                    if (vErrors === null) {
                      vErrors = [err81];
                    } else {
                      vErrors.push(err81);
                    }
                    errors++;
                  }
                  if (typeof data25 == "number" && isFinite(data25)) {
                    if (data25 > 1e15 || isNaN(data25)) {
                      const err82 = { instancePath: instancePath + "/plans/" + i3 + "/devices/count", schemaPath: "#/properties/plans/items/properties/devices/properties/count/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
                      if (vErrors === null) {
                        vErrors = [err82];
                      } else {
                        vErrors.push(err82);
                      }
                      errors++;
                    }
                    if (data25 < 0 || isNaN(data25)) {
                      const err83 = { instancePath: instancePath + "/plans/" + i3 + "/devices/count", schemaPath: "#/properties/plans/items/properties/devices/properties/count/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                      if (vErrors === null) {
                        vErrors = [err83];
                      } else {
                        vErrors.push(err83);
                      }
                      errors++;
                    }
                  }
                }
                if (data24.first !== void 0) {
                  let data26 = data24.first;
                  if (Array.isArray(data26)) {
                    if (data26.length > 5) {
                      const err84 = { instancePath: instancePath + "/plans/" + i3 + "/devices/first", schemaPath: "#/properties/plans/items/properties/devices/properties/first/maxItems", keyword: "maxItems", params: { limit: 5 }, message: "must NOT have more than 5 items" };
                      if (vErrors === null) {
                        vErrors = [err84];
                      } else {
                        vErrors.push(err84);
                      }
                      errors++;
                    }
                    const len4 = data26.length;
                    for (let i4 = 0; i4 < len4; i4++) {
                      let data27 = data26[i4];
                      if (typeof data27 === "string") {
                        if (func3(data27) > 400) {
                          const err85 = { instancePath: instancePath + "/plans/" + i3 + "/devices/first/" + i4, schemaPath: "#/properties/plans/items/properties/devices/properties/first/items/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                          if (vErrors === null) {
                            vErrors = [err85];
                          } else {
                            vErrors.push(err85);
                          }
                          errors++;
                        }
                      } else {
                        const err86 = { instancePath: instancePath + "/plans/" + i3 + "/devices/first/" + i4, schemaPath: "#/properties/plans/items/properties/devices/properties/first/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                        if (vErrors === null) {
                          vErrors = [err86];
                        } else {
                          vErrors.push(err86);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err87 = { instancePath: instancePath + "/plans/" + i3 + "/devices/first", schemaPath: "#/properties/plans/items/properties/devices/properties/first/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                    if (vErrors === null) {
                      vErrors = [err87];
                    } else {
                      vErrors.push(err87);
                    }
                    errors++;
                  }
                }
              } else {
                const err88 = { instancePath: instancePath + "/plans/" + i3 + "/devices", schemaPath: "#/properties/plans/items/properties/devices/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                if (vErrors === null) {
                  vErrors = [err88];
                } else {
                  vErrors.push(err88);
                }
                errors++;
              }
            }
            if (data23.rollout !== void 0) {
              let data28 = data23.rollout;
              if (typeof data28 === "string") {
                if (func3(data28) > 400) {
                  const err89 = { instancePath: instancePath + "/plans/" + i3 + "/rollout", schemaPath: "#/properties/plans/items/properties/rollout/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                  if (vErrors === null) {
                    vErrors = [err89];
                  } else {
                    vErrors.push(err89);
                  }
                  errors++;
                }
              } else {
                const err90 = { instancePath: instancePath + "/plans/" + i3 + "/rollout", schemaPath: "#/properties/plans/items/properties/rollout/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err90];
                } else {
                  vErrors.push(err90);
                }
                errors++;
              }
            }
            if (data23.apps !== void 0) {
              let data29 = data23.apps;
              if (Array.isArray(data29)) {
                if (data29.length > 32) {
                  const err91 = { instancePath: instancePath + "/plans/" + i3 + "/apps", schemaPath: "#/properties/plans/items/properties/apps/maxItems", keyword: "maxItems", params: { limit: 32 }, message: "must NOT have more than 32 items" };
                  if (vErrors === null) {
                    vErrors = [err91];
                  } else {
                    vErrors.push(err91);
                  }
                  errors++;
                }
                const len5 = data29.length;
                for (let i5 = 0; i5 < len5; i5++) {
                  let data30 = data29[i5];
                  if (data30 && typeof data30 == "object" && !Array.isArray(data30)) {
                    if (data30.app === void 0) {
                      const err92 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5, schemaPath: "#/properties/plans/items/properties/apps/items/required", keyword: "required", params: { missingProperty: "app" }, message: "must have required property 'app'" };
                      if (vErrors === null) {
                        vErrors = [err92];
                      } else {
                        vErrors.push(err92);
                      }
                      errors++;
                    }
                    if (data30.images === void 0) {
                      const err93 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5, schemaPath: "#/properties/plans/items/properties/apps/items/required", keyword: "required", params: { missingProperty: "images" }, message: "must have required property 'images'" };
                      if (vErrors === null) {
                        vErrors = [err93];
                      } else {
                        vErrors.push(err93);
                      }
                      errors++;
                    }
                    if (data30.services === void 0) {
                      const err94 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5, schemaPath: "#/properties/plans/items/properties/apps/items/required", keyword: "required", params: { missingProperty: "services" }, message: "must have required property 'services'" };
                      if (vErrors === null) {
                        vErrors = [err94];
                      } else {
                        vErrors.push(err94);
                      }
                      errors++;
                    }
                    if (data30.volumes === void 0) {
                      const err95 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5, schemaPath: "#/properties/plans/items/properties/apps/items/required", keyword: "required", params: { missingProperty: "volumes" }, message: "must have required property 'volumes'" };
                      if (vErrors === null) {
                        vErrors = [err95];
                      } else {
                        vErrors.push(err95);
                      }
                      errors++;
                    }
                    if (data30.notes === void 0) {
                      const err96 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5, schemaPath: "#/properties/plans/items/properties/apps/items/required", keyword: "required", params: { missingProperty: "notes" }, message: "must have required property 'notes'" };
                      if (vErrors === null) {
                        vErrors = [err96];
                      } else {
                        vErrors.push(err96);
                      }
                      errors++;
                    }
                    for (const key8 in data30) {
                      if (!func2.call(schema79.properties.plans.items.properties.apps.items.properties, key8)) {
                        const err97 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5, schemaPath: "#/properties/plans/items/properties/apps/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key8 }, message: "must NOT have additional properties" };
                        if (vErrors === null) {
                          vErrors = [err97];
                        } else {
                          vErrors.push(err97);
                        }
                        errors++;
                      }
                    }
                    if (data30.app !== void 0) {
                      let data31 = data30.app;
                      if (typeof data31 === "string") {
                        if (func3(data31) > 400) {
                          const err98 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/app", schemaPath: "#/properties/plans/items/properties/apps/items/properties/app/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                          if (vErrors === null) {
                            vErrors = [err98];
                          } else {
                            vErrors.push(err98);
                          }
                          errors++;
                        }
                      } else {
                        const err99 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/app", schemaPath: "#/properties/plans/items/properties/apps/items/properties/app/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                        if (vErrors === null) {
                          vErrors = [err99];
                        } else {
                          vErrors.push(err99);
                        }
                        errors++;
                      }
                    }
                    if (data30.from !== void 0) {
                      let data32 = data30.from;
                      if (typeof data32 === "string") {
                        if (func3(data32) > 400) {
                          const err100 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/from", schemaPath: "#/properties/plans/items/properties/apps/items/properties/from/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                          if (vErrors === null) {
                            vErrors = [err100];
                          } else {
                            vErrors.push(err100);
                          }
                          errors++;
                        }
                      } else {
                        const err101 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/from", schemaPath: "#/properties/plans/items/properties/apps/items/properties/from/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                        if (vErrors === null) {
                          vErrors = [err101];
                        } else {
                          vErrors.push(err101);
                        }
                        errors++;
                      }
                    }
                    if (data30.to !== void 0) {
                      let data33 = data30.to;
                      if (typeof data33 === "string") {
                        if (func3(data33) > 400) {
                          const err102 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/to", schemaPath: "#/properties/plans/items/properties/apps/items/properties/to/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                          if (vErrors === null) {
                            vErrors = [err102];
                          } else {
                            vErrors.push(err102);
                          }
                          errors++;
                        }
                      } else {
                        const err103 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/to", schemaPath: "#/properties/plans/items/properties/apps/items/properties/to/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                        if (vErrors === null) {
                          vErrors = [err103];
                        } else {
                          vErrors.push(err103);
                        }
                        errors++;
                      }
                    }
                    if (data30.gone !== void 0) {
                      if (typeof data30.gone !== "boolean") {
                        const err104 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/gone", schemaPath: "#/properties/plans/items/properties/apps/items/properties/gone/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
                        if (vErrors === null) {
                          vErrors = [err104];
                        } else {
                          vErrors.push(err104);
                        }
                        errors++;
                      }
                    }
                    if (data30.images !== void 0) {
                      let data35 = data30.images;
                      if (data35 && typeof data35 == "object" && !Array.isArray(data35)) {
                        if (data35.count === void 0) {
                          const err105 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/images", schemaPath: "#/properties/plans/items/properties/apps/items/properties/images/required", keyword: "required", params: { missingProperty: "count" }, message: "must have required property 'count'" };
                          if (vErrors === null) {
                            vErrors = [err105];
                          } else {
                            vErrors.push(err105);
                          }
                          errors++;
                        }
                        for (const key9 in data35) {
                          if (!(key9 === "count" || key9 === "bytes")) {
                            const err106 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/images", schemaPath: "#/properties/plans/items/properties/apps/items/properties/images/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key9 }, message: "must NOT have additional properties" };
                            if (vErrors === null) {
                              vErrors = [err106];
                            } else {
                              vErrors.push(err106);
                            }
                            errors++;
                          }
                        }
                        if (data35.count !== void 0) {
                          let data36 = data35.count;
                          if (!(typeof data36 == "number" && (!(data36 % 1) && !isNaN(data36)) && isFinite(data36))) {
                            const err107 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/images/count", schemaPath: "#/properties/plans/items/properties/apps/items/properties/images/properties/count/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                            if (vErrors === null) {
                              vErrors = [err107];
                            } else {
                              vErrors.push(err107);
                            }
                            errors++;
                          }
                          if (typeof data36 == "number" && isFinite(data36)) {
                            if (data36 > 1e15 || isNaN(data36)) {
                              const err108 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/images/count", schemaPath: "#/properties/plans/items/properties/apps/items/properties/images/properties/count/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
                              if (vErrors === null) {
                                vErrors = [err108];
                              } else {
                                vErrors.push(err108);
                              }
                              errors++;
                            }
                            if (data36 < 0 || isNaN(data36)) {
                              const err109 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/images/count", schemaPath: "#/properties/plans/items/properties/apps/items/properties/images/properties/count/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                              if (vErrors === null) {
                                vErrors = [err109];
                              } else {
                                vErrors.push(err109);
                              }
                              errors++;
                            }
                          }
                        }
                        if (data35.bytes !== void 0) {
                          let data37 = data35.bytes;
                          if (!(typeof data37 == "number" && (!(data37 % 1) && !isNaN(data37)) && isFinite(data37))) {
                            const err110 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/images/bytes", schemaPath: "#/properties/plans/items/properties/apps/items/properties/images/properties/bytes/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                            if (vErrors === null) {
                              vErrors = [err110];
                            } else {
                              vErrors.push(err110);
                            }
                            errors++;
                          }
                          if (typeof data37 == "number" && isFinite(data37)) {
                            if (data37 > 1e15 || isNaN(data37)) {
                              const err111 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/images/bytes", schemaPath: "#/properties/plans/items/properties/apps/items/properties/images/properties/bytes/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
                              if (vErrors === null) {
                                vErrors = [err111];
                              } else {
                                vErrors.push(err111);
                              }
                              errors++;
                            }
                            if (data37 < 0 || isNaN(data37)) {
                              const err112 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/images/bytes", schemaPath: "#/properties/plans/items/properties/apps/items/properties/images/properties/bytes/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                              if (vErrors === null) {
                                vErrors = [err112];
                              } else {
                                vErrors.push(err112);
                              }
                              errors++;
                            }
                          }
                        }
                      } else {
                        const err113 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/images", schemaPath: "#/properties/plans/items/properties/apps/items/properties/images/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                        if (vErrors === null) {
                          vErrors = [err113];
                        } else {
                          vErrors.push(err113);
                        }
                        errors++;
                      }
                    }
                    if (data30.services !== void 0) {
                      let data38 = data30.services;
                      if (Array.isArray(data38)) {
                        if (data38.length > 64) {
                          const err114 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/services", schemaPath: "#/properties/plans/items/properties/apps/items/properties/services/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
                          if (vErrors === null) {
                            vErrors = [err114];
                          } else {
                            vErrors.push(err114);
                          }
                          errors++;
                        }
                        const len6 = data38.length;
                        for (let i6 = 0; i6 < len6; i6++) {
                          let data39 = data38[i6];
                          if (data39 && typeof data39 == "object" && !Array.isArray(data39)) {
                            if (data39.name === void 0) {
                              const err115 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/services/" + i6, schemaPath: "#/properties/plans/items/properties/apps/items/properties/services/items/required", keyword: "required", params: { missingProperty: "name" }, message: "must have required property 'name'" };
                              if (vErrors === null) {
                                vErrors = [err115];
                              } else {
                                vErrors.push(err115);
                              }
                              errors++;
                            }
                            if (data39.change === void 0) {
                              const err116 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/services/" + i6, schemaPath: "#/properties/plans/items/properties/apps/items/properties/services/items/required", keyword: "required", params: { missingProperty: "change" }, message: "must have required property 'change'" };
                              if (vErrors === null) {
                                vErrors = [err116];
                              } else {
                                vErrors.push(err116);
                              }
                              errors++;
                            }
                            if (data39.because === void 0) {
                              const err117 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/services/" + i6, schemaPath: "#/properties/plans/items/properties/apps/items/properties/services/items/required", keyword: "required", params: { missingProperty: "because" }, message: "must have required property 'because'" };
                              if (vErrors === null) {
                                vErrors = [err117];
                              } else {
                                vErrors.push(err117);
                              }
                              errors++;
                            }
                            for (const key10 in data39) {
                              if (!(key10 === "name" || key10 === "change" || key10 === "because")) {
                                const err118 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/services/" + i6, schemaPath: "#/properties/plans/items/properties/apps/items/properties/services/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key10 }, message: "must NOT have additional properties" };
                                if (vErrors === null) {
                                  vErrors = [err118];
                                } else {
                                  vErrors.push(err118);
                                }
                                errors++;
                              }
                            }
                            if (data39.name !== void 0) {
                              let data40 = data39.name;
                              if (typeof data40 === "string") {
                                if (func3(data40) > 400) {
                                  const err119 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/services/" + i6 + "/name", schemaPath: "#/properties/plans/items/properties/apps/items/properties/services/items/properties/name/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                                  if (vErrors === null) {
                                    vErrors = [err119];
                                  } else {
                                    vErrors.push(err119);
                                  }
                                  errors++;
                                }
                              } else {
                                const err120 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/services/" + i6 + "/name", schemaPath: "#/properties/plans/items/properties/apps/items/properties/services/items/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                                if (vErrors === null) {
                                  vErrors = [err120];
                                } else {
                                  vErrors.push(err120);
                                }
                                errors++;
                              }
                            }
                            if (data39.change !== void 0) {
                              let data41 = data39.change;
                              if (typeof data41 !== "string") {
                                const err121 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/services/" + i6 + "/change", schemaPath: "#/properties/plans/items/properties/apps/items/properties/services/items/properties/change/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                                if (vErrors === null) {
                                  vErrors = [err121];
                                } else {
                                  vErrors.push(err121);
                                }
                                errors++;
                              }
                              if (!(data41 === "new" || data41 === "replaced" || data41 === "restarted" || data41 === "changed" || data41 === "removed")) {
                                const err122 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/services/" + i6 + "/change", schemaPath: "#/properties/plans/items/properties/apps/items/properties/services/items/properties/change/enum", keyword: "enum", params: { allowedValues: schema79.properties.plans.items.properties.apps.items.properties.services.items.properties.change.enum }, message: "must be equal to one of the allowed values" };
                                if (vErrors === null) {
                                  vErrors = [err122];
                                } else {
                                  vErrors.push(err122);
                                }
                                errors++;
                              }
                            }
                            if (data39.because !== void 0) {
                              let data42 = data39.because;
                              if (Array.isArray(data42)) {
                                if (data42.length > 6) {
                                  const err123 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/services/" + i6 + "/because", schemaPath: "#/properties/plans/items/properties/apps/items/properties/services/items/properties/because/maxItems", keyword: "maxItems", params: { limit: 6 }, message: "must NOT have more than 6 items" };
                                  if (vErrors === null) {
                                    vErrors = [err123];
                                  } else {
                                    vErrors.push(err123);
                                  }
                                  errors++;
                                }
                                const len7 = data42.length;
                                for (let i7 = 0; i7 < len7; i7++) {
                                  let data43 = data42[i7];
                                  if (typeof data43 === "string") {
                                    if (func3(data43) > 400) {
                                      const err124 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/services/" + i6 + "/because/" + i7, schemaPath: "#/properties/plans/items/properties/apps/items/properties/services/items/properties/because/items/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                                      if (vErrors === null) {
                                        vErrors = [err124];
                                      } else {
                                        vErrors.push(err124);
                                      }
                                      errors++;
                                    }
                                  } else {
                                    const err125 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/services/" + i6 + "/because/" + i7, schemaPath: "#/properties/plans/items/properties/apps/items/properties/services/items/properties/because/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                                    if (vErrors === null) {
                                      vErrors = [err125];
                                    } else {
                                      vErrors.push(err125);
                                    }
                                    errors++;
                                  }
                                }
                              } else {
                                const err126 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/services/" + i6 + "/because", schemaPath: "#/properties/plans/items/properties/apps/items/properties/services/items/properties/because/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                                if (vErrors === null) {
                                  vErrors = [err126];
                                } else {
                                  vErrors.push(err126);
                                }
                                errors++;
                              }
                            }
                          } else {
                            const err127 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/services/" + i6, schemaPath: "#/properties/plans/items/properties/apps/items/properties/services/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                            if (vErrors === null) {
                              vErrors = [err127];
                            } else {
                              vErrors.push(err127);
                            }
                            errors++;
                          }
                        }
                      } else {
                        const err128 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/services", schemaPath: "#/properties/plans/items/properties/apps/items/properties/services/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                        if (vErrors === null) {
                          vErrors = [err128];
                        } else {
                          vErrors.push(err128);
                        }
                        errors++;
                      }
                    }
                    if (data30.down !== void 0) {
                      let data44 = data30.down;
                      if (data44 && typeof data44 == "object" && !Array.isArray(data44)) {
                        if (data44.services === void 0) {
                          const err129 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/down", schemaPath: "#/properties/plans/items/properties/apps/items/properties/down/required", keyword: "required", params: { missingProperty: "services" }, message: "must have required property 'services'" };
                          if (vErrors === null) {
                            vErrors = [err129];
                          } else {
                            vErrors.push(err129);
                          }
                          errors++;
                        }
                        if (data44.strategy === void 0) {
                          const err130 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/down", schemaPath: "#/properties/plans/items/properties/apps/items/properties/down/required", keyword: "required", params: { missingProperty: "strategy" }, message: "must have required property 'strategy'" };
                          if (vErrors === null) {
                            vErrors = [err130];
                          } else {
                            vErrors.push(err130);
                          }
                          errors++;
                        }
                        if (data44.stopMs === void 0) {
                          const err131 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/down", schemaPath: "#/properties/plans/items/properties/apps/items/properties/down/required", keyword: "required", params: { missingProperty: "stopMs" }, message: "must have required property 'stopMs'" };
                          if (vErrors === null) {
                            vErrors = [err131];
                          } else {
                            vErrors.push(err131);
                          }
                          errors++;
                        }
                        if (data44.healthMs === void 0) {
                          const err132 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/down", schemaPath: "#/properties/plans/items/properties/apps/items/properties/down/required", keyword: "required", params: { missingProperty: "healthMs" }, message: "must have required property 'healthMs'" };
                          if (vErrors === null) {
                            vErrors = [err132];
                          } else {
                            vErrors.push(err132);
                          }
                          errors++;
                        }
                        for (const key11 in data44) {
                          if (!(key11 === "services" || key11 === "strategy" || key11 === "stopMs" || key11 === "healthMs")) {
                            const err133 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/down", schemaPath: "#/properties/plans/items/properties/apps/items/properties/down/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key11 }, message: "must NOT have additional properties" };
                            if (vErrors === null) {
                              vErrors = [err133];
                            } else {
                              vErrors.push(err133);
                            }
                            errors++;
                          }
                        }
                        if (data44.services !== void 0) {
                          let data45 = data44.services;
                          if (Array.isArray(data45)) {
                            if (data45.length > 64) {
                              const err134 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/down/services", schemaPath: "#/properties/plans/items/properties/apps/items/properties/down/properties/services/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
                              if (vErrors === null) {
                                vErrors = [err134];
                              } else {
                                vErrors.push(err134);
                              }
                              errors++;
                            }
                            const len8 = data45.length;
                            for (let i8 = 0; i8 < len8; i8++) {
                              let data46 = data45[i8];
                              if (typeof data46 === "string") {
                                if (func3(data46) > 400) {
                                  const err135 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/down/services/" + i8, schemaPath: "#/properties/plans/items/properties/apps/items/properties/down/properties/services/items/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                                  if (vErrors === null) {
                                    vErrors = [err135];
                                  } else {
                                    vErrors.push(err135);
                                  }
                                  errors++;
                                }
                              } else {
                                const err136 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/down/services/" + i8, schemaPath: "#/properties/plans/items/properties/apps/items/properties/down/properties/services/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                                if (vErrors === null) {
                                  vErrors = [err136];
                                } else {
                                  vErrors.push(err136);
                                }
                                errors++;
                              }
                            }
                          } else {
                            const err137 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/down/services", schemaPath: "#/properties/plans/items/properties/apps/items/properties/down/properties/services/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                            if (vErrors === null) {
                              vErrors = [err137];
                            } else {
                              vErrors.push(err137);
                            }
                            errors++;
                          }
                        }
                        if (data44.strategy !== void 0) {
                          let data47 = data44.strategy;
                          if (typeof data47 !== "string") {
                            const err138 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/down/strategy", schemaPath: "#/properties/plans/items/properties/apps/items/properties/down/properties/strategy/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                            if (vErrors === null) {
                              vErrors = [err138];
                            } else {
                              vErrors.push(err138);
                            }
                            errors++;
                          }
                          if (!(data47 === "recreate" || data47 === "stop-first")) {
                            const err139 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/down/strategy", schemaPath: "#/properties/plans/items/properties/apps/items/properties/down/properties/strategy/enum", keyword: "enum", params: { allowedValues: schema79.properties.plans.items.properties.apps.items.properties.down.properties.strategy.enum }, message: "must be equal to one of the allowed values" };
                            if (vErrors === null) {
                              vErrors = [err139];
                            } else {
                              vErrors.push(err139);
                            }
                            errors++;
                          }
                        }
                        if (data44.stopMs !== void 0) {
                          let data48 = data44.stopMs;
                          if (!(typeof data48 == "number" && (!(data48 % 1) && !isNaN(data48)) && isFinite(data48))) {
                            const err140 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/down/stopMs", schemaPath: "#/properties/plans/items/properties/apps/items/properties/down/properties/stopMs/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                            if (vErrors === null) {
                              vErrors = [err140];
                            } else {
                              vErrors.push(err140);
                            }
                            errors++;
                          }
                          if (typeof data48 == "number" && isFinite(data48)) {
                            if (data48 > 1e15 || isNaN(data48)) {
                              const err141 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/down/stopMs", schemaPath: "#/properties/plans/items/properties/apps/items/properties/down/properties/stopMs/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
                              if (vErrors === null) {
                                vErrors = [err141];
                              } else {
                                vErrors.push(err141);
                              }
                              errors++;
                            }
                            if (data48 < 0 || isNaN(data48)) {
                              const err142 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/down/stopMs", schemaPath: "#/properties/plans/items/properties/apps/items/properties/down/properties/stopMs/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                              if (vErrors === null) {
                                vErrors = [err142];
                              } else {
                                vErrors.push(err142);
                              }
                              errors++;
                            }
                          }
                        }
                        if (data44.healthMs !== void 0) {
                          let data49 = data44.healthMs;
                          if (!(typeof data49 == "number" && (!(data49 % 1) && !isNaN(data49)) && isFinite(data49))) {
                            const err143 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/down/healthMs", schemaPath: "#/properties/plans/items/properties/apps/items/properties/down/properties/healthMs/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                            if (vErrors === null) {
                              vErrors = [err143];
                            } else {
                              vErrors.push(err143);
                            }
                            errors++;
                          }
                          if (typeof data49 == "number" && isFinite(data49)) {
                            if (data49 > 1e15 || isNaN(data49)) {
                              const err144 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/down/healthMs", schemaPath: "#/properties/plans/items/properties/apps/items/properties/down/properties/healthMs/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
                              if (vErrors === null) {
                                vErrors = [err144];
                              } else {
                                vErrors.push(err144);
                              }
                              errors++;
                            }
                            if (data49 < 0 || isNaN(data49)) {
                              const err145 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/down/healthMs", schemaPath: "#/properties/plans/items/properties/apps/items/properties/down/properties/healthMs/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                              if (vErrors === null) {
                                vErrors = [err145];
                              } else {
                                vErrors.push(err145);
                              }
                              errors++;
                            }
                          }
                        }
                      } else {
                        const err146 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/down", schemaPath: "#/properties/plans/items/properties/apps/items/properties/down/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                        if (vErrors === null) {
                          vErrors = [err146];
                        } else {
                          vErrors.push(err146);
                        }
                        errors++;
                      }
                    }
                    if (data30.volumes !== void 0) {
                      let data50 = data30.volumes;
                      if (Array.isArray(data50)) {
                        if (data50.length > 64) {
                          const err147 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/volumes", schemaPath: "#/properties/plans/items/properties/apps/items/properties/volumes/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
                          if (vErrors === null) {
                            vErrors = [err147];
                          } else {
                            vErrors.push(err147);
                          }
                          errors++;
                        }
                        const len9 = data50.length;
                        for (let i9 = 0; i9 < len9; i9++) {
                          let data51 = data50[i9];
                          if (data51 && typeof data51 == "object" && !Array.isArray(data51)) {
                            if (data51.name === void 0) {
                              const err148 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/volumes/" + i9, schemaPath: "#/properties/plans/items/properties/apps/items/properties/volumes/items/required", keyword: "required", params: { missingProperty: "name" }, message: "must have required property 'name'" };
                              if (vErrors === null) {
                                vErrors = [err148];
                              } else {
                                vErrors.push(err148);
                              }
                              errors++;
                            }
                            if (data51.change === void 0) {
                              const err149 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/volumes/" + i9, schemaPath: "#/properties/plans/items/properties/apps/items/properties/volumes/items/required", keyword: "required", params: { missingProperty: "change" }, message: "must have required property 'change'" };
                              if (vErrors === null) {
                                vErrors = [err149];
                              } else {
                                vErrors.push(err149);
                              }
                              errors++;
                            }
                            for (const key12 in data51) {
                              if (!(key12 === "name" || key12 === "change")) {
                                const err150 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/volumes/" + i9, schemaPath: "#/properties/plans/items/properties/apps/items/properties/volumes/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key12 }, message: "must NOT have additional properties" };
                                if (vErrors === null) {
                                  vErrors = [err150];
                                } else {
                                  vErrors.push(err150);
                                }
                                errors++;
                              }
                            }
                            if (data51.name !== void 0) {
                              let data52 = data51.name;
                              if (typeof data52 === "string") {
                                if (func3(data52) > 400) {
                                  const err151 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/volumes/" + i9 + "/name", schemaPath: "#/properties/plans/items/properties/apps/items/properties/volumes/items/properties/name/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                                  if (vErrors === null) {
                                    vErrors = [err151];
                                  } else {
                                    vErrors.push(err151);
                                  }
                                  errors++;
                                }
                              } else {
                                const err152 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/volumes/" + i9 + "/name", schemaPath: "#/properties/plans/items/properties/apps/items/properties/volumes/items/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                                if (vErrors === null) {
                                  vErrors = [err152];
                                } else {
                                  vErrors.push(err152);
                                }
                                errors++;
                              }
                            }
                            if (data51.change !== void 0) {
                              let data53 = data51.change;
                              if (typeof data53 !== "string") {
                                const err153 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/volumes/" + i9 + "/change", schemaPath: "#/properties/plans/items/properties/apps/items/properties/volumes/items/properties/change/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                                if (vErrors === null) {
                                  vErrors = [err153];
                                } else {
                                  vErrors.push(err153);
                                }
                                errors++;
                              }
                              if (!(data53 === "kept" || data53 === "new" || data53 === "emptied" || data53 === "removed")) {
                                const err154 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/volumes/" + i9 + "/change", schemaPath: "#/properties/plans/items/properties/apps/items/properties/volumes/items/properties/change/enum", keyword: "enum", params: { allowedValues: schema79.properties.plans.items.properties.apps.items.properties.volumes.items.properties.change.enum }, message: "must be equal to one of the allowed values" };
                                if (vErrors === null) {
                                  vErrors = [err154];
                                } else {
                                  vErrors.push(err154);
                                }
                                errors++;
                              }
                            }
                          } else {
                            const err155 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/volumes/" + i9, schemaPath: "#/properties/plans/items/properties/apps/items/properties/volumes/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                            if (vErrors === null) {
                              vErrors = [err155];
                            } else {
                              vErrors.push(err155);
                            }
                            errors++;
                          }
                        }
                      } else {
                        const err156 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/volumes", schemaPath: "#/properties/plans/items/properties/apps/items/properties/volumes/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                        if (vErrors === null) {
                          vErrors = [err156];
                        } else {
                          vErrors.push(err156);
                        }
                        errors++;
                      }
                    }
                    if (data30.notes !== void 0) {
                      let data54 = data30.notes;
                      if (Array.isArray(data54)) {
                        if (data54.length > 16) {
                          const err157 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/notes", schemaPath: "#/properties/plans/items/properties/apps/items/properties/notes/maxItems", keyword: "maxItems", params: { limit: 16 }, message: "must NOT have more than 16 items" };
                          if (vErrors === null) {
                            vErrors = [err157];
                          } else {
                            vErrors.push(err157);
                          }
                          errors++;
                        }
                        const len10 = data54.length;
                        for (let i10 = 0; i10 < len10; i10++) {
                          let data55 = data54[i10];
                          if (typeof data55 === "string") {
                            if (func3(data55) > 400) {
                              const err158 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/notes/" + i10, schemaPath: "#/properties/plans/items/properties/apps/items/properties/notes/items/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                              if (vErrors === null) {
                                vErrors = [err158];
                              } else {
                                vErrors.push(err158);
                              }
                              errors++;
                            }
                          } else {
                            const err159 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/notes/" + i10, schemaPath: "#/properties/plans/items/properties/apps/items/properties/notes/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                            if (vErrors === null) {
                              vErrors = [err159];
                            } else {
                              vErrors.push(err159);
                            }
                            errors++;
                          }
                        }
                      } else {
                        const err160 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5 + "/notes", schemaPath: "#/properties/plans/items/properties/apps/items/properties/notes/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                        if (vErrors === null) {
                          vErrors = [err160];
                        } else {
                          vErrors.push(err160);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err161 = { instancePath: instancePath + "/plans/" + i3 + "/apps/" + i5, schemaPath: "#/properties/plans/items/properties/apps/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                    if (vErrors === null) {
                      vErrors = [err161];
                    } else {
                      vErrors.push(err161);
                    }
                    errors++;
                  }
                }
              } else {
                const err162 = { instancePath: instancePath + "/plans/" + i3 + "/apps", schemaPath: "#/properties/plans/items/properties/apps/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err162];
                } else {
                  vErrors.push(err162);
                }
                errors++;
              }
            }
            if (data23.device !== void 0) {
              let data56 = data23.device;
              if (Array.isArray(data56)) {
                if (data56.length > 16) {
                  const err163 = { instancePath: instancePath + "/plans/" + i3 + "/device", schemaPath: "#/properties/plans/items/properties/device/maxItems", keyword: "maxItems", params: { limit: 16 }, message: "must NOT have more than 16 items" };
                  if (vErrors === null) {
                    vErrors = [err163];
                  } else {
                    vErrors.push(err163);
                  }
                  errors++;
                }
                const len11 = data56.length;
                for (let i11 = 0; i11 < len11; i11++) {
                  let data57 = data56[i11];
                  if (typeof data57 === "string") {
                    if (func3(data57) > 400) {
                      const err164 = { instancePath: instancePath + "/plans/" + i3 + "/device/" + i11, schemaPath: "#/properties/plans/items/properties/device/items/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                      if (vErrors === null) {
                        vErrors = [err164];
                      } else {
                        vErrors.push(err164);
                      }
                      errors++;
                    }
                  } else {
                    const err165 = { instancePath: instancePath + "/plans/" + i3 + "/device/" + i11, schemaPath: "#/properties/plans/items/properties/device/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err165];
                    } else {
                      vErrors.push(err165);
                    }
                    errors++;
                  }
                }
              } else {
                const err166 = { instancePath: instancePath + "/plans/" + i3 + "/device", schemaPath: "#/properties/plans/items/properties/device/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err166];
                } else {
                  vErrors.push(err166);
                }
                errors++;
              }
            }
          } else {
            const err167 = { instancePath: instancePath + "/plans/" + i3, schemaPath: "#/properties/plans/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err167];
            } else {
              vErrors.push(err167);
            }
            errors++;
          }
        }
      } else {
        const err168 = { instancePath: instancePath + "/plans", schemaPath: "#/properties/plans/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err168];
        } else {
          vErrors.push(err168);
        }
        errors++;
      }
    }
    if (data.rollouts !== void 0) {
      let data58 = data.rollouts;
      if (Array.isArray(data58)) {
        if (data58.length > 64) {
          const err169 = { instancePath: instancePath + "/rollouts", schemaPath: "#/properties/rollouts/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
          if (vErrors === null) {
            vErrors = [err169];
          } else {
            vErrors.push(err169);
          }
          errors++;
        }
        const len12 = data58.length;
        for (let i12 = 0; i12 < len12; i12++) {
          let data59 = data58[i12];
          if (data59 && typeof data59 == "object" && !Array.isArray(data59)) {
            if (data59.app === void 0) {
              const err170 = { instancePath: instancePath + "/rollouts/" + i12, schemaPath: "#/properties/rollouts/items/required", keyword: "required", params: { missingProperty: "app" }, message: "must have required property 'app'" };
              if (vErrors === null) {
                vErrors = [err170];
              } else {
                vErrors.push(err170);
              }
              errors++;
            }
            if (data59.name === void 0) {
              const err171 = { instancePath: instancePath + "/rollouts/" + i12, schemaPath: "#/properties/rollouts/items/required", keyword: "required", params: { missingProperty: "name" }, message: "must have required property 'name'" };
              if (vErrors === null) {
                vErrors = [err171];
              } else {
                vErrors.push(err171);
              }
              errors++;
            }
            if (data59.change === void 0) {
              const err172 = { instancePath: instancePath + "/rollouts/" + i12, schemaPath: "#/properties/rollouts/items/required", keyword: "required", params: { missingProperty: "change" }, message: "must have required property 'change'" };
              if (vErrors === null) {
                vErrors = [err172];
              } else {
                vErrors.push(err172);
              }
              errors++;
            }
            if (data59.from === void 0) {
              const err173 = { instancePath: instancePath + "/rollouts/" + i12, schemaPath: "#/properties/rollouts/items/required", keyword: "required", params: { missingProperty: "from" }, message: "must have required property 'from'" };
              if (vErrors === null) {
                vErrors = [err173];
              } else {
                vErrors.push(err173);
              }
              errors++;
            }
            if (data59.to === void 0) {
              const err174 = { instancePath: instancePath + "/rollouts/" + i12, schemaPath: "#/properties/rollouts/items/required", keyword: "required", params: { missingProperty: "to" }, message: "must have required property 'to'" };
              if (vErrors === null) {
                vErrors = [err174];
              } else {
                vErrors.push(err174);
              }
              errors++;
            }
            if (data59.stage === void 0) {
              const err175 = { instancePath: instancePath + "/rollouts/" + i12, schemaPath: "#/properties/rollouts/items/required", keyword: "required", params: { missingProperty: "stage" }, message: "must have required property 'stage'" };
              if (vErrors === null) {
                vErrors = [err175];
              } else {
                vErrors.push(err175);
              }
              errors++;
            }
            if (data59.state === void 0) {
              const err176 = { instancePath: instancePath + "/rollouts/" + i12, schemaPath: "#/properties/rollouts/items/required", keyword: "required", params: { missingProperty: "state" }, message: "must have required property 'state'" };
              if (vErrors === null) {
                vErrors = [err176];
              } else {
                vErrors.push(err176);
              }
              errors++;
            }
            if (data59.stages === void 0) {
              const err177 = { instancePath: instancePath + "/rollouts/" + i12, schemaPath: "#/properties/rollouts/items/required", keyword: "required", params: { missingProperty: "stages" }, message: "must have required property 'stages'" };
              if (vErrors === null) {
                vErrors = [err177];
              } else {
                vErrors.push(err177);
              }
              errors++;
            }
            if (data59.pinned === void 0) {
              const err178 = { instancePath: instancePath + "/rollouts/" + i12, schemaPath: "#/properties/rollouts/items/required", keyword: "required", params: { missingProperty: "pinned" }, message: "must have required property 'pinned'" };
              if (vErrors === null) {
                vErrors = [err178];
              } else {
                vErrors.push(err178);
              }
              errors++;
            }
            if (data59.outside === void 0) {
              const err179 = { instancePath: instancePath + "/rollouts/" + i12, schemaPath: "#/properties/rollouts/items/required", keyword: "required", params: { missingProperty: "outside" }, message: "must have required property 'outside'" };
              if (vErrors === null) {
                vErrors = [err179];
              } else {
                vErrors.push(err179);
              }
              errors++;
            }
            for (const key13 in data59) {
              if (!func2.call(schema79.properties.rollouts.items.properties, key13)) {
                const err180 = { instancePath: instancePath + "/rollouts/" + i12, schemaPath: "#/properties/rollouts/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key13 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err180];
                } else {
                  vErrors.push(err180);
                }
                errors++;
              }
            }
            if (data59.app !== void 0) {
              let data60 = data59.app;
              if (typeof data60 === "string") {
                if (func3(data60) > 400) {
                  const err181 = { instancePath: instancePath + "/rollouts/" + i12 + "/app", schemaPath: "#/properties/rollouts/items/properties/app/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                  if (vErrors === null) {
                    vErrors = [err181];
                  } else {
                    vErrors.push(err181);
                  }
                  errors++;
                }
              } else {
                const err182 = { instancePath: instancePath + "/rollouts/" + i12 + "/app", schemaPath: "#/properties/rollouts/items/properties/app/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err182];
                } else {
                  vErrors.push(err182);
                }
                errors++;
              }
            }
            if (data59.name !== void 0) {
              let data61 = data59.name;
              if (typeof data61 === "string") {
                if (func3(data61) > 400) {
                  const err183 = { instancePath: instancePath + "/rollouts/" + i12 + "/name", schemaPath: "#/properties/rollouts/items/properties/name/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                  if (vErrors === null) {
                    vErrors = [err183];
                  } else {
                    vErrors.push(err183);
                  }
                  errors++;
                }
              } else {
                const err184 = { instancePath: instancePath + "/rollouts/" + i12 + "/name", schemaPath: "#/properties/rollouts/items/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err184];
                } else {
                  vErrors.push(err184);
                }
                errors++;
              }
            }
            if (data59.change !== void 0) {
              let data62 = data59.change;
              if (typeof data62 !== "string") {
                const err185 = { instancePath: instancePath + "/rollouts/" + i12 + "/change", schemaPath: "#/properties/rollouts/items/properties/change/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err185];
                } else {
                  vErrors.push(err185);
                }
                errors++;
              }
              if (!(data62 === "new" || data62 === "changed" || data62 === "gone")) {
                const err186 = { instancePath: instancePath + "/rollouts/" + i12 + "/change", schemaPath: "#/properties/rollouts/items/properties/change/enum", keyword: "enum", params: { allowedValues: schema79.properties.rollouts.items.properties.change.enum }, message: "must be equal to one of the allowed values" };
                if (vErrors === null) {
                  vErrors = [err186];
                } else {
                  vErrors.push(err186);
                }
                errors++;
              }
            }
            if (data59.from !== void 0) {
              let data63 = data59.from;
              if (Array.isArray(data63)) {
                if (data63.length > 32) {
                  const err187 = { instancePath: instancePath + "/rollouts/" + i12 + "/from", schemaPath: "#/properties/rollouts/items/properties/from/maxItems", keyword: "maxItems", params: { limit: 32 }, message: "must NOT have more than 32 items" };
                  if (vErrors === null) {
                    vErrors = [err187];
                  } else {
                    vErrors.push(err187);
                  }
                  errors++;
                }
                const len13 = data63.length;
                for (let i13 = 0; i13 < len13; i13++) {
                  let data64 = data63[i13];
                  if (typeof data64 === "string") {
                    if (func3(data64) > 400) {
                      const err188 = { instancePath: instancePath + "/rollouts/" + i12 + "/from/" + i13, schemaPath: "#/properties/rollouts/items/properties/from/items/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                      if (vErrors === null) {
                        vErrors = [err188];
                      } else {
                        vErrors.push(err188);
                      }
                      errors++;
                    }
                  } else {
                    const err189 = { instancePath: instancePath + "/rollouts/" + i12 + "/from/" + i13, schemaPath: "#/properties/rollouts/items/properties/from/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err189];
                    } else {
                      vErrors.push(err189);
                    }
                    errors++;
                  }
                }
              } else {
                const err190 = { instancePath: instancePath + "/rollouts/" + i12 + "/from", schemaPath: "#/properties/rollouts/items/properties/from/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err190];
                } else {
                  vErrors.push(err190);
                }
                errors++;
              }
            }
            if (data59.to !== void 0) {
              let data65 = data59.to;
              if (typeof data65 === "string") {
                if (func3(data65) > 400) {
                  const err191 = { instancePath: instancePath + "/rollouts/" + i12 + "/to", schemaPath: "#/properties/rollouts/items/properties/to/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                  if (vErrors === null) {
                    vErrors = [err191];
                  } else {
                    vErrors.push(err191);
                  }
                  errors++;
                }
              } else {
                const err192 = { instancePath: instancePath + "/rollouts/" + i12 + "/to", schemaPath: "#/properties/rollouts/items/properties/to/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err192];
                } else {
                  vErrors.push(err192);
                }
                errors++;
              }
            }
            if (data59.stage !== void 0) {
              let data66 = data59.stage;
              if (!(typeof data66 == "number" && (!(data66 % 1) && !isNaN(data66)) && isFinite(data66))) {
                const err193 = { instancePath: instancePath + "/rollouts/" + i12 + "/stage", schemaPath: "#/properties/rollouts/items/properties/stage/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err193];
                } else {
                  vErrors.push(err193);
                }
                errors++;
              }
              if (typeof data66 == "number" && isFinite(data66)) {
                if (data66 > 1e15 || isNaN(data66)) {
                  const err194 = { instancePath: instancePath + "/rollouts/" + i12 + "/stage", schemaPath: "#/properties/rollouts/items/properties/stage/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
                  if (vErrors === null) {
                    vErrors = [err194];
                  } else {
                    vErrors.push(err194);
                  }
                  errors++;
                }
                if (data66 < 0 || isNaN(data66)) {
                  const err195 = { instancePath: instancePath + "/rollouts/" + i12 + "/stage", schemaPath: "#/properties/rollouts/items/properties/stage/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                  if (vErrors === null) {
                    vErrors = [err195];
                  } else {
                    vErrors.push(err195);
                  }
                  errors++;
                }
              }
            }
            if (data59.was !== void 0) {
              let data67 = data59.was;
              if (!(typeof data67 == "number" && (!(data67 % 1) && !isNaN(data67)) && isFinite(data67))) {
                const err196 = { instancePath: instancePath + "/rollouts/" + i12 + "/was", schemaPath: "#/properties/rollouts/items/properties/was/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err196];
                } else {
                  vErrors.push(err196);
                }
                errors++;
              }
              if (typeof data67 == "number" && isFinite(data67)) {
                if (data67 > 1e15 || isNaN(data67)) {
                  const err197 = { instancePath: instancePath + "/rollouts/" + i12 + "/was", schemaPath: "#/properties/rollouts/items/properties/was/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
                  if (vErrors === null) {
                    vErrors = [err197];
                  } else {
                    vErrors.push(err197);
                  }
                  errors++;
                }
                if (data67 < 0 || isNaN(data67)) {
                  const err198 = { instancePath: instancePath + "/rollouts/" + i12 + "/was", schemaPath: "#/properties/rollouts/items/properties/was/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                  if (vErrors === null) {
                    vErrors = [err198];
                  } else {
                    vErrors.push(err198);
                  }
                  errors++;
                }
              }
            }
            if (data59.state !== void 0) {
              let data68 = data59.state;
              if (typeof data68 !== "string") {
                const err199 = { instancePath: instancePath + "/rollouts/" + i12 + "/state", schemaPath: "#/properties/rollouts/items/properties/state/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err199];
                } else {
                  vErrors.push(err199);
                }
                errors++;
              }
              if (!(data68 === "goes on" || data68 === "paused" || data68 === "aborted")) {
                const err200 = { instancePath: instancePath + "/rollouts/" + i12 + "/state", schemaPath: "#/properties/rollouts/items/properties/state/enum", keyword: "enum", params: { allowedValues: schema79.properties.rollouts.items.properties.state.enum }, message: "must be equal to one of the allowed values" };
                if (vErrors === null) {
                  vErrors = [err200];
                } else {
                  vErrors.push(err200);
                }
                errors++;
              }
            }
            if (data59.stages !== void 0) {
              let data69 = data59.stages;
              if (Array.isArray(data69)) {
                if (data69.length > 32) {
                  const err201 = { instancePath: instancePath + "/rollouts/" + i12 + "/stages", schemaPath: "#/properties/rollouts/items/properties/stages/maxItems", keyword: "maxItems", params: { limit: 32 }, message: "must NOT have more than 32 items" };
                  if (vErrors === null) {
                    vErrors = [err201];
                  } else {
                    vErrors.push(err201);
                  }
                  errors++;
                }
                const len14 = data69.length;
                for (let i14 = 0; i14 < len14; i14++) {
                  let data70 = data69[i14];
                  if (data70 && typeof data70 == "object" && !Array.isArray(data70)) {
                    if (data70.name === void 0) {
                      const err202 = { instancePath: instancePath + "/rollouts/" + i12 + "/stages/" + i14, schemaPath: "#/properties/rollouts/items/properties/stages/items/required", keyword: "required", params: { missingProperty: "name" }, message: "must have required property 'name'" };
                      if (vErrors === null) {
                        vErrors = [err202];
                      } else {
                        vErrors.push(err202);
                      }
                      errors++;
                    }
                    if (data70.devices === void 0) {
                      const err203 = { instancePath: instancePath + "/rollouts/" + i12 + "/stages/" + i14, schemaPath: "#/properties/rollouts/items/properties/stages/items/required", keyword: "required", params: { missingProperty: "devices" }, message: "must have required property 'devices'" };
                      if (vErrors === null) {
                        vErrors = [err203];
                      } else {
                        vErrors.push(err203);
                      }
                      errors++;
                    }
                    if (data70.isOpen === void 0) {
                      const err204 = { instancePath: instancePath + "/rollouts/" + i12 + "/stages/" + i14, schemaPath: "#/properties/rollouts/items/properties/stages/items/required", keyword: "required", params: { missingProperty: "isOpen" }, message: "must have required property 'isOpen'" };
                      if (vErrors === null) {
                        vErrors = [err204];
                      } else {
                        vErrors.push(err204);
                      }
                      errors++;
                    }
                    if (data70.hold === void 0) {
                      const err205 = { instancePath: instancePath + "/rollouts/" + i12 + "/stages/" + i14, schemaPath: "#/properties/rollouts/items/properties/stages/items/required", keyword: "required", params: { missingProperty: "hold" }, message: "must have required property 'hold'" };
                      if (vErrors === null) {
                        vErrors = [err205];
                      } else {
                        vErrors.push(err205);
                      }
                      errors++;
                    }
                    if (data70.promote === void 0) {
                      const err206 = { instancePath: instancePath + "/rollouts/" + i12 + "/stages/" + i14, schemaPath: "#/properties/rollouts/items/properties/stages/items/required", keyword: "required", params: { missingProperty: "promote" }, message: "must have required property 'promote'" };
                      if (vErrors === null) {
                        vErrors = [err206];
                      } else {
                        vErrors.push(err206);
                      }
                      errors++;
                    }
                    for (const key14 in data70) {
                      if (!(key14 === "name" || key14 === "devices" || key14 === "isOpen" || key14 === "hold" || key14 === "gate" || key14 === "promote")) {
                        const err207 = { instancePath: instancePath + "/rollouts/" + i12 + "/stages/" + i14, schemaPath: "#/properties/rollouts/items/properties/stages/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key14 }, message: "must NOT have additional properties" };
                        if (vErrors === null) {
                          vErrors = [err207];
                        } else {
                          vErrors.push(err207);
                        }
                        errors++;
                      }
                    }
                    if (data70.name !== void 0) {
                      let data71 = data70.name;
                      if (typeof data71 === "string") {
                        if (func3(data71) > 400) {
                          const err208 = { instancePath: instancePath + "/rollouts/" + i12 + "/stages/" + i14 + "/name", schemaPath: "#/properties/rollouts/items/properties/stages/items/properties/name/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                          if (vErrors === null) {
                            vErrors = [err208];
                          } else {
                            vErrors.push(err208);
                          }
                          errors++;
                        }
                      } else {
                        const err209 = { instancePath: instancePath + "/rollouts/" + i12 + "/stages/" + i14 + "/name", schemaPath: "#/properties/rollouts/items/properties/stages/items/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                        if (vErrors === null) {
                          vErrors = [err209];
                        } else {
                          vErrors.push(err209);
                        }
                        errors++;
                      }
                    }
                    if (data70.devices !== void 0) {
                      let data72 = data70.devices;
                      if (!(typeof data72 == "number" && (!(data72 % 1) && !isNaN(data72)) && isFinite(data72))) {
                        const err210 = { instancePath: instancePath + "/rollouts/" + i12 + "/stages/" + i14 + "/devices", schemaPath: "#/properties/rollouts/items/properties/stages/items/properties/devices/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                        if (vErrors === null) {
                          vErrors = [err210];
                        } else {
                          vErrors.push(err210);
                        }
                        errors++;
                      }
                      if (typeof data72 == "number" && isFinite(data72)) {
                        if (data72 > 1e15 || isNaN(data72)) {
                          const err211 = { instancePath: instancePath + "/rollouts/" + i12 + "/stages/" + i14 + "/devices", schemaPath: "#/properties/rollouts/items/properties/stages/items/properties/devices/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
                          if (vErrors === null) {
                            vErrors = [err211];
                          } else {
                            vErrors.push(err211);
                          }
                          errors++;
                        }
                        if (data72 < 0 || isNaN(data72)) {
                          const err212 = { instancePath: instancePath + "/rollouts/" + i12 + "/stages/" + i14 + "/devices", schemaPath: "#/properties/rollouts/items/properties/stages/items/properties/devices/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                          if (vErrors === null) {
                            vErrors = [err212];
                          } else {
                            vErrors.push(err212);
                          }
                          errors++;
                        }
                      }
                    }
                    if (data70.isOpen !== void 0) {
                      if (typeof data70.isOpen !== "boolean") {
                        const err213 = { instancePath: instancePath + "/rollouts/" + i12 + "/stages/" + i14 + "/isOpen", schemaPath: "#/properties/rollouts/items/properties/stages/items/properties/isOpen/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
                        if (vErrors === null) {
                          vErrors = [err213];
                        } else {
                          vErrors.push(err213);
                        }
                        errors++;
                      }
                    }
                    if (data70.hold !== void 0) {
                      let data74 = data70.hold;
                      if (typeof data74 === "string") {
                        if (func3(data74) > 400) {
                          const err214 = { instancePath: instancePath + "/rollouts/" + i12 + "/stages/" + i14 + "/hold", schemaPath: "#/properties/rollouts/items/properties/stages/items/properties/hold/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                          if (vErrors === null) {
                            vErrors = [err214];
                          } else {
                            vErrors.push(err214);
                          }
                          errors++;
                        }
                      } else {
                        const err215 = { instancePath: instancePath + "/rollouts/" + i12 + "/stages/" + i14 + "/hold", schemaPath: "#/properties/rollouts/items/properties/stages/items/properties/hold/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                        if (vErrors === null) {
                          vErrors = [err215];
                        } else {
                          vErrors.push(err215);
                        }
                        errors++;
                      }
                    }
                    if (data70.gate !== void 0) {
                      let data75 = data70.gate;
                      if (typeof data75 === "string") {
                        if (func3(data75) > 400) {
                          const err216 = { instancePath: instancePath + "/rollouts/" + i12 + "/stages/" + i14 + "/gate", schemaPath: "#/properties/rollouts/items/properties/stages/items/properties/gate/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                          if (vErrors === null) {
                            vErrors = [err216];
                          } else {
                            vErrors.push(err216);
                          }
                          errors++;
                        }
                      } else {
                        const err217 = { instancePath: instancePath + "/rollouts/" + i12 + "/stages/" + i14 + "/gate", schemaPath: "#/properties/rollouts/items/properties/stages/items/properties/gate/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                        if (vErrors === null) {
                          vErrors = [err217];
                        } else {
                          vErrors.push(err217);
                        }
                        errors++;
                      }
                    }
                    if (data70.promote !== void 0) {
                      let data76 = data70.promote;
                      if (typeof data76 !== "string") {
                        const err218 = { instancePath: instancePath + "/rollouts/" + i12 + "/stages/" + i14 + "/promote", schemaPath: "#/properties/rollouts/items/properties/stages/items/properties/promote/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                        if (vErrors === null) {
                          vErrors = [err218];
                        } else {
                          vErrors.push(err218);
                        }
                        errors++;
                      }
                      if (!(data76 === "bot" || data76 === "people")) {
                        const err219 = { instancePath: instancePath + "/rollouts/" + i12 + "/stages/" + i14 + "/promote", schemaPath: "#/properties/rollouts/items/properties/stages/items/properties/promote/enum", keyword: "enum", params: { allowedValues: schema79.properties.rollouts.items.properties.stages.items.properties.promote.enum }, message: "must be equal to one of the allowed values" };
                        if (vErrors === null) {
                          vErrors = [err219];
                        } else {
                          vErrors.push(err219);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err220 = { instancePath: instancePath + "/rollouts/" + i12 + "/stages/" + i14, schemaPath: "#/properties/rollouts/items/properties/stages/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                    if (vErrors === null) {
                      vErrors = [err220];
                    } else {
                      vErrors.push(err220);
                    }
                    errors++;
                  }
                }
              } else {
                const err221 = { instancePath: instancePath + "/rollouts/" + i12 + "/stages", schemaPath: "#/properties/rollouts/items/properties/stages/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err221];
                } else {
                  vErrors.push(err221);
                }
                errors++;
              }
            }
            if (data59.pinned !== void 0) {
              let data77 = data59.pinned;
              if (!(typeof data77 == "number" && (!(data77 % 1) && !isNaN(data77)) && isFinite(data77))) {
                const err222 = { instancePath: instancePath + "/rollouts/" + i12 + "/pinned", schemaPath: "#/properties/rollouts/items/properties/pinned/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err222];
                } else {
                  vErrors.push(err222);
                }
                errors++;
              }
              if (typeof data77 == "number" && isFinite(data77)) {
                if (data77 > 1e15 || isNaN(data77)) {
                  const err223 = { instancePath: instancePath + "/rollouts/" + i12 + "/pinned", schemaPath: "#/properties/rollouts/items/properties/pinned/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
                  if (vErrors === null) {
                    vErrors = [err223];
                  } else {
                    vErrors.push(err223);
                  }
                  errors++;
                }
                if (data77 < 0 || isNaN(data77)) {
                  const err224 = { instancePath: instancePath + "/rollouts/" + i12 + "/pinned", schemaPath: "#/properties/rollouts/items/properties/pinned/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                  if (vErrors === null) {
                    vErrors = [err224];
                  } else {
                    vErrors.push(err224);
                  }
                  errors++;
                }
              }
            }
            if (data59.outside !== void 0) {
              let data78 = data59.outside;
              if (!(typeof data78 == "number" && (!(data78 % 1) && !isNaN(data78)) && isFinite(data78))) {
                const err225 = { instancePath: instancePath + "/rollouts/" + i12 + "/outside", schemaPath: "#/properties/rollouts/items/properties/outside/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err225];
                } else {
                  vErrors.push(err225);
                }
                errors++;
              }
              if (typeof data78 == "number" && isFinite(data78)) {
                if (data78 > 1e15 || isNaN(data78)) {
                  const err226 = { instancePath: instancePath + "/rollouts/" + i12 + "/outside", schemaPath: "#/properties/rollouts/items/properties/outside/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
                  if (vErrors === null) {
                    vErrors = [err226];
                  } else {
                    vErrors.push(err226);
                  }
                  errors++;
                }
                if (data78 < 0 || isNaN(data78)) {
                  const err227 = { instancePath: instancePath + "/rollouts/" + i12 + "/outside", schemaPath: "#/properties/rollouts/items/properties/outside/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                  if (vErrors === null) {
                    vErrors = [err227];
                  } else {
                    vErrors.push(err227);
                  }
                  errors++;
                }
              }
            }
          } else {
            const err228 = { instancePath: instancePath + "/rollouts/" + i12, schemaPath: "#/properties/rollouts/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err228];
            } else {
              vErrors.push(err228);
            }
            errors++;
          }
        }
      } else {
        const err229 = { instancePath: instancePath + "/rollouts", schemaPath: "#/properties/rollouts/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err229];
        } else {
          vErrors.push(err229);
        }
        errors++;
      }
    }
    if (data.privileges !== void 0) {
      let data79 = data.privileges;
      if (Array.isArray(data79)) {
        if (data79.length > 200) {
          const err230 = { instancePath: instancePath + "/privileges", schemaPath: "#/properties/privileges/maxItems", keyword: "maxItems", params: { limit: 200 }, message: "must NOT have more than 200 items" };
          if (vErrors === null) {
            vErrors = [err230];
          } else {
            vErrors.push(err230);
          }
          errors++;
        }
        const len15 = data79.length;
        for (let i15 = 0; i15 < len15; i15++) {
          let data80 = data79[i15];
          if (data80 && typeof data80 == "object" && !Array.isArray(data80)) {
            if (data80.what === void 0) {
              const err231 = { instancePath: instancePath + "/privileges/" + i15, schemaPath: "#/properties/privileges/items/required", keyword: "required", params: { missingProperty: "what" }, message: "must have required property 'what'" };
              if (vErrors === null) {
                vErrors = [err231];
              } else {
                vErrors.push(err231);
              }
              errors++;
            }
            if (data80.of === void 0) {
              const err232 = { instancePath: instancePath + "/privileges/" + i15, schemaPath: "#/properties/privileges/items/required", keyword: "required", params: { missingProperty: "of" }, message: "must have required property 'of'" };
              if (vErrors === null) {
                vErrors = [err232];
              } else {
                vErrors.push(err232);
              }
              errors++;
            }
            if (data80.devices === void 0) {
              const err233 = { instancePath: instancePath + "/privileges/" + i15, schemaPath: "#/properties/privileges/items/required", keyword: "required", params: { missingProperty: "devices" }, message: "must have required property 'devices'" };
              if (vErrors === null) {
                vErrors = [err233];
              } else {
                vErrors.push(err233);
              }
              errors++;
            }
            for (const key15 in data80) {
              if (!(key15 === "what" || key15 === "of" || key15 === "devices")) {
                const err234 = { instancePath: instancePath + "/privileges/" + i15, schemaPath: "#/properties/privileges/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key15 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err234];
                } else {
                  vErrors.push(err234);
                }
                errors++;
              }
            }
            if (data80.what !== void 0) {
              let data81 = data80.what;
              if (typeof data81 === "string") {
                if (func3(data81) > 400) {
                  const err235 = { instancePath: instancePath + "/privileges/" + i15 + "/what", schemaPath: "#/properties/privileges/items/properties/what/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                  if (vErrors === null) {
                    vErrors = [err235];
                  } else {
                    vErrors.push(err235);
                  }
                  errors++;
                }
              } else {
                const err236 = { instancePath: instancePath + "/privileges/" + i15 + "/what", schemaPath: "#/properties/privileges/items/properties/what/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err236];
                } else {
                  vErrors.push(err236);
                }
                errors++;
              }
            }
            if (data80.of !== void 0) {
              let data82 = data80.of;
              if (typeof data82 === "string") {
                if (func3(data82) > 400) {
                  const err237 = { instancePath: instancePath + "/privileges/" + i15 + "/of", schemaPath: "#/properties/privileges/items/properties/of/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                  if (vErrors === null) {
                    vErrors = [err237];
                  } else {
                    vErrors.push(err237);
                  }
                  errors++;
                }
              } else {
                const err238 = { instancePath: instancePath + "/privileges/" + i15 + "/of", schemaPath: "#/properties/privileges/items/properties/of/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err238];
                } else {
                  vErrors.push(err238);
                }
                errors++;
              }
            }
            if (data80.devices !== void 0) {
              let data83 = data80.devices;
              if (!(typeof data83 == "number" && (!(data83 % 1) && !isNaN(data83)) && isFinite(data83))) {
                const err239 = { instancePath: instancePath + "/privileges/" + i15 + "/devices", schemaPath: "#/properties/privileges/items/properties/devices/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err239];
                } else {
                  vErrors.push(err239);
                }
                errors++;
              }
              if (typeof data83 == "number" && isFinite(data83)) {
                if (data83 > 1e15 || isNaN(data83)) {
                  const err240 = { instancePath: instancePath + "/privileges/" + i15 + "/devices", schemaPath: "#/properties/privileges/items/properties/devices/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
                  if (vErrors === null) {
                    vErrors = [err240];
                  } else {
                    vErrors.push(err240);
                  }
                  errors++;
                }
                if (data83 < 0 || isNaN(data83)) {
                  const err241 = { instancePath: instancePath + "/privileges/" + i15 + "/devices", schemaPath: "#/properties/privileges/items/properties/devices/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                  if (vErrors === null) {
                    vErrors = [err241];
                  } else {
                    vErrors.push(err241);
                  }
                  errors++;
                }
              }
            }
          } else {
            const err242 = { instancePath: instancePath + "/privileges/" + i15, schemaPath: "#/properties/privileges/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err242];
            } else {
              vErrors.push(err242);
            }
            errors++;
          }
        }
      } else {
        const err243 = { instancePath: instancePath + "/privileges", schemaPath: "#/properties/privileges/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err243];
        } else {
          vErrors.push(err243);
        }
        errors++;
      }
    }
    if (data.changes !== void 0) {
      let data84 = data.changes;
      if (Array.isArray(data84)) {
        if (data84.length > 200) {
          const err244 = { instancePath: instancePath + "/changes", schemaPath: "#/properties/changes/maxItems", keyword: "maxItems", params: { limit: 200 }, message: "must NOT have more than 200 items" };
          if (vErrors === null) {
            vErrors = [err244];
          } else {
            vErrors.push(err244);
          }
          errors++;
        }
        const len16 = data84.length;
        for (let i16 = 0; i16 < len16; i16++) {
          let data85 = data84[i16];
          if (data85 && typeof data85 == "object" && !Array.isArray(data85)) {
            if (data85.area === void 0) {
              const err245 = { instancePath: instancePath + "/changes/" + i16, schemaPath: "#/properties/changes/items/required", keyword: "required", params: { missingProperty: "area" }, message: "must have required property 'area'" };
              if (vErrors === null) {
                vErrors = [err245];
              } else {
                vErrors.push(err245);
              }
              errors++;
            }
            if (data85.what === void 0) {
              const err246 = { instancePath: instancePath + "/changes/" + i16, schemaPath: "#/properties/changes/items/required", keyword: "required", params: { missingProperty: "what" }, message: "must have required property 'what'" };
              if (vErrors === null) {
                vErrors = [err246];
              } else {
                vErrors.push(err246);
              }
              errors++;
            }
            for (const key16 in data85) {
              if (!(key16 === "area" || key16 === "what")) {
                const err247 = { instancePath: instancePath + "/changes/" + i16, schemaPath: "#/properties/changes/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key16 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err247];
                } else {
                  vErrors.push(err247);
                }
                errors++;
              }
            }
            if (data85.area !== void 0) {
              let data86 = data85.area;
              if (typeof data86 === "string") {
                if (func3(data86) > 400) {
                  const err248 = { instancePath: instancePath + "/changes/" + i16 + "/area", schemaPath: "#/properties/changes/items/properties/area/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                  if (vErrors === null) {
                    vErrors = [err248];
                  } else {
                    vErrors.push(err248);
                  }
                  errors++;
                }
              } else {
                const err249 = { instancePath: instancePath + "/changes/" + i16 + "/area", schemaPath: "#/properties/changes/items/properties/area/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err249];
                } else {
                  vErrors.push(err249);
                }
                errors++;
              }
            }
            if (data85.what !== void 0) {
              let data87 = data85.what;
              if (typeof data87 === "string") {
                if (func3(data87) > 400) {
                  const err250 = { instancePath: instancePath + "/changes/" + i16 + "/what", schemaPath: "#/properties/changes/items/properties/what/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                  if (vErrors === null) {
                    vErrors = [err250];
                  } else {
                    vErrors.push(err250);
                  }
                  errors++;
                }
              } else {
                const err251 = { instancePath: instancePath + "/changes/" + i16 + "/what", schemaPath: "#/properties/changes/items/properties/what/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err251];
                } else {
                  vErrors.push(err251);
                }
                errors++;
              }
            }
          } else {
            const err252 = { instancePath: instancePath + "/changes/" + i16, schemaPath: "#/properties/changes/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err252];
            } else {
              vErrors.push(err252);
            }
            errors++;
          }
        }
      } else {
        const err253 = { instancePath: instancePath + "/changes", schemaPath: "#/properties/changes/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err253];
        } else {
          vErrors.push(err253);
        }
        errors++;
      }
    }
    if (data.trust !== void 0) {
      let data88 = data.trust;
      if (data88 && typeof data88 == "object" && !Array.isArray(data88)) {
        if (data88.asItIs === void 0) {
          const err254 = { instancePath: instancePath + "/trust", schemaPath: "#/properties/trust/required", keyword: "required", params: { missingProperty: "asItIs" }, message: "must have required property 'asItIs'" };
          if (vErrors === null) {
            vErrors = [err254];
          } else {
            vErrors.push(err254);
          }
          errors++;
        }
        if (data88.merged === void 0) {
          const err255 = { instancePath: instancePath + "/trust", schemaPath: "#/properties/trust/required", keyword: "required", params: { missingProperty: "merged" }, message: "must have required property 'merged'" };
          if (vErrors === null) {
            vErrors = [err255];
          } else {
            vErrors.push(err255);
          }
          errors++;
        }
        if (data88.requirements === void 0) {
          const err256 = { instancePath: instancePath + "/trust", schemaPath: "#/properties/trust/required", keyword: "required", params: { missingProperty: "requirements" }, message: "must have required property 'requirements'" };
          if (vErrors === null) {
            vErrors = [err256];
          } else {
            vErrors.push(err256);
          }
          errors++;
        }
        for (const key17 in data88) {
          if (!(key17 === "asItIs" || key17 === "merged" || key17 === "code" || key17 === "message" || key17 === "requirements")) {
            const err257 = { instancePath: instancePath + "/trust", schemaPath: "#/properties/trust/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key17 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err257];
            } else {
              vErrors.push(err257);
            }
            errors++;
          }
        }
        if (data88.asItIs !== void 0) {
          if (typeof data88.asItIs !== "boolean") {
            const err258 = { instancePath: instancePath + "/trust/asItIs", schemaPath: "#/properties/trust/properties/asItIs/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
            if (vErrors === null) {
              vErrors = [err258];
            } else {
              vErrors.push(err258);
            }
            errors++;
          }
        }
        if (data88.merged !== void 0) {
          if (typeof data88.merged !== "boolean") {
            const err259 = { instancePath: instancePath + "/trust/merged", schemaPath: "#/properties/trust/properties/merged/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
            if (vErrors === null) {
              vErrors = [err259];
            } else {
              vErrors.push(err259);
            }
            errors++;
          }
        }
        if (data88.code !== void 0) {
          let data91 = data88.code;
          if (typeof data91 === "string") {
            if (func3(data91) > 400) {
              const err260 = { instancePath: instancePath + "/trust/code", schemaPath: "#/properties/trust/properties/code/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
              if (vErrors === null) {
                vErrors = [err260];
              } else {
                vErrors.push(err260);
              }
              errors++;
            }
          } else {
            const err261 = { instancePath: instancePath + "/trust/code", schemaPath: "#/properties/trust/properties/code/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err261];
            } else {
              vErrors.push(err261);
            }
            errors++;
          }
        }
        if (data88.message !== void 0) {
          let data92 = data88.message;
          if (typeof data92 === "string") {
            if (func3(data92) > 400) {
              const err262 = { instancePath: instancePath + "/trust/message", schemaPath: "#/properties/trust/properties/message/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
              if (vErrors === null) {
                vErrors = [err262];
              } else {
                vErrors.push(err262);
              }
              errors++;
            }
          } else {
            const err263 = { instancePath: instancePath + "/trust/message", schemaPath: "#/properties/trust/properties/message/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err263];
            } else {
              vErrors.push(err263);
            }
            errors++;
          }
        }
        if (data88.requirements !== void 0) {
          let data93 = data88.requirements;
          if (Array.isArray(data93)) {
            if (data93.length > 64) {
              const err264 = { instancePath: instancePath + "/trust/requirements", schemaPath: "#/properties/trust/properties/requirements/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
              if (vErrors === null) {
                vErrors = [err264];
              } else {
                vErrors.push(err264);
              }
              errors++;
            }
            const len17 = data93.length;
            for (let i17 = 0; i17 < len17; i17++) {
              let data94 = data93[i17];
              if (data94 && typeof data94 == "object" && !Array.isArray(data94)) {
                if (data94.paths === void 0) {
                  const err265 = { instancePath: instancePath + "/trust/requirements/" + i17, schemaPath: "#/properties/trust/properties/requirements/items/required", keyword: "required", params: { missingProperty: "paths" }, message: "must have required property 'paths'" };
                  if (vErrors === null) {
                    vErrors = [err265];
                  } else {
                    vErrors.push(err265);
                  }
                  errors++;
                }
                if (data94.roles === void 0) {
                  const err266 = { instancePath: instancePath + "/trust/requirements/" + i17, schemaPath: "#/properties/trust/properties/requirements/items/required", keyword: "required", params: { missingProperty: "roles" }, message: "must have required property 'roles'" };
                  if (vErrors === null) {
                    vErrors = [err266];
                  } else {
                    vErrors.push(err266);
                  }
                  errors++;
                }
                if (data94.isMet === void 0) {
                  const err267 = { instancePath: instancePath + "/trust/requirements/" + i17, schemaPath: "#/properties/trust/properties/requirements/items/required", keyword: "required", params: { missingProperty: "isMet" }, message: "must have required property 'isMet'" };
                  if (vErrors === null) {
                    vErrors = [err267];
                  } else {
                    vErrors.push(err267);
                  }
                  errors++;
                }
                for (const key18 in data94) {
                  if (!(key18 === "paths" || key18 === "pointer" || key18 === "rule" || key18 === "because" || key18 === "roles" || key18 === "isMet")) {
                    const err268 = { instancePath: instancePath + "/trust/requirements/" + i17, schemaPath: "#/properties/trust/properties/requirements/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key18 }, message: "must NOT have additional properties" };
                    if (vErrors === null) {
                      vErrors = [err268];
                    } else {
                      vErrors.push(err268);
                    }
                    errors++;
                  }
                }
                if (data94.paths !== void 0) {
                  let data95 = data94.paths;
                  if (data95 && typeof data95 == "object" && !Array.isArray(data95)) {
                    if (data95.count === void 0) {
                      const err269 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/paths", schemaPath: "#/properties/trust/properties/requirements/items/properties/paths/required", keyword: "required", params: { missingProperty: "count" }, message: "must have required property 'count'" };
                      if (vErrors === null) {
                        vErrors = [err269];
                      } else {
                        vErrors.push(err269);
                      }
                      errors++;
                    }
                    if (data95.first === void 0) {
                      const err270 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/paths", schemaPath: "#/properties/trust/properties/requirements/items/properties/paths/required", keyword: "required", params: { missingProperty: "first" }, message: "must have required property 'first'" };
                      if (vErrors === null) {
                        vErrors = [err270];
                      } else {
                        vErrors.push(err270);
                      }
                      errors++;
                    }
                    for (const key19 in data95) {
                      if (!(key19 === "count" || key19 === "first")) {
                        const err271 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/paths", schemaPath: "#/properties/trust/properties/requirements/items/properties/paths/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key19 }, message: "must NOT have additional properties" };
                        if (vErrors === null) {
                          vErrors = [err271];
                        } else {
                          vErrors.push(err271);
                        }
                        errors++;
                      }
                    }
                    if (data95.count !== void 0) {
                      let data96 = data95.count;
                      if (!(typeof data96 == "number" && (!(data96 % 1) && !isNaN(data96)) && isFinite(data96))) {
                        const err272 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/paths/count", schemaPath: "#/properties/trust/properties/requirements/items/properties/paths/properties/count/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                        if (vErrors === null) {
                          vErrors = [err272];
                        } else {
                          vErrors.push(err272);
                        }
                        errors++;
                      }
                      if (typeof data96 == "number" && isFinite(data96)) {
                        if (data96 > 1e15 || isNaN(data96)) {
                          const err273 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/paths/count", schemaPath: "#/properties/trust/properties/requirements/items/properties/paths/properties/count/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
                          if (vErrors === null) {
                            vErrors = [err273];
                          } else {
                            vErrors.push(err273);
                          }
                          errors++;
                        }
                        if (data96 < 0 || isNaN(data96)) {
                          const err274 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/paths/count", schemaPath: "#/properties/trust/properties/requirements/items/properties/paths/properties/count/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                          if (vErrors === null) {
                            vErrors = [err274];
                          } else {
                            vErrors.push(err274);
                          }
                          errors++;
                        }
                      }
                    }
                    if (data95.first !== void 0) {
                      let data97 = data95.first;
                      if (Array.isArray(data97)) {
                        if (data97.length > 5) {
                          const err275 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/paths/first", schemaPath: "#/properties/trust/properties/requirements/items/properties/paths/properties/first/maxItems", keyword: "maxItems", params: { limit: 5 }, message: "must NOT have more than 5 items" };
                          if (vErrors === null) {
                            vErrors = [err275];
                          } else {
                            vErrors.push(err275);
                          }
                          errors++;
                        }
                        const len18 = data97.length;
                        for (let i18 = 0; i18 < len18; i18++) {
                          let data98 = data97[i18];
                          if (typeof data98 === "string") {
                            if (func3(data98) > 400) {
                              const err276 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/paths/first/" + i18, schemaPath: "#/properties/trust/properties/requirements/items/properties/paths/properties/first/items/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                              if (vErrors === null) {
                                vErrors = [err276];
                              } else {
                                vErrors.push(err276);
                              }
                              errors++;
                            }
                          } else {
                            const err277 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/paths/first/" + i18, schemaPath: "#/properties/trust/properties/requirements/items/properties/paths/properties/first/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                            if (vErrors === null) {
                              vErrors = [err277];
                            } else {
                              vErrors.push(err277);
                            }
                            errors++;
                          }
                        }
                      } else {
                        const err278 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/paths/first", schemaPath: "#/properties/trust/properties/requirements/items/properties/paths/properties/first/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                        if (vErrors === null) {
                          vErrors = [err278];
                        } else {
                          vErrors.push(err278);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err279 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/paths", schemaPath: "#/properties/trust/properties/requirements/items/properties/paths/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                    if (vErrors === null) {
                      vErrors = [err279];
                    } else {
                      vErrors.push(err279);
                    }
                    errors++;
                  }
                }
                if (data94.pointer !== void 0) {
                  let data99 = data94.pointer;
                  if (typeof data99 === "string") {
                    if (func3(data99) > 400) {
                      const err280 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/pointer", schemaPath: "#/properties/trust/properties/requirements/items/properties/pointer/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                      if (vErrors === null) {
                        vErrors = [err280];
                      } else {
                        vErrors.push(err280);
                      }
                      errors++;
                    }
                  } else {
                    const err281 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/pointer", schemaPath: "#/properties/trust/properties/requirements/items/properties/pointer/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err281];
                    } else {
                      vErrors.push(err281);
                    }
                    errors++;
                  }
                }
                if (data94.rule !== void 0) {
                  let data100 = data94.rule;
                  if (!(typeof data100 == "number" && (!(data100 % 1) && !isNaN(data100)) && isFinite(data100))) {
                    const err282 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/rule", schemaPath: "#/properties/trust/properties/requirements/items/properties/rule/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                    if (vErrors === null) {
                      vErrors = [err282];
                    } else {
                      vErrors.push(err282);
                    }
                    errors++;
                  }
                  if (typeof data100 == "number" && isFinite(data100)) {
                    if (data100 > 1e15 || isNaN(data100)) {
                      const err283 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/rule", schemaPath: "#/properties/trust/properties/requirements/items/properties/rule/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
                      if (vErrors === null) {
                        vErrors = [err283];
                      } else {
                        vErrors.push(err283);
                      }
                      errors++;
                    }
                    if (data100 < 0 || isNaN(data100)) {
                      const err284 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/rule", schemaPath: "#/properties/trust/properties/requirements/items/properties/rule/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                      if (vErrors === null) {
                        vErrors = [err284];
                      } else {
                        vErrors.push(err284);
                      }
                      errors++;
                    }
                  }
                }
                if (data94.because !== void 0) {
                  let data101 = data94.because;
                  if (typeof data101 === "string") {
                    if (func3(data101) > 400) {
                      const err285 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/because", schemaPath: "#/properties/trust/properties/requirements/items/properties/because/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                      if (vErrors === null) {
                        vErrors = [err285];
                      } else {
                        vErrors.push(err285);
                      }
                      errors++;
                    }
                  } else {
                    const err286 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/because", schemaPath: "#/properties/trust/properties/requirements/items/properties/because/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err286];
                    } else {
                      vErrors.push(err286);
                    }
                    errors++;
                  }
                }
                if (data94.roles !== void 0) {
                  let data102 = data94.roles;
                  if (Array.isArray(data102)) {
                    if (data102.length > 16) {
                      const err287 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/roles", schemaPath: "#/properties/trust/properties/requirements/items/properties/roles/maxItems", keyword: "maxItems", params: { limit: 16 }, message: "must NOT have more than 16 items" };
                      if (vErrors === null) {
                        vErrors = [err287];
                      } else {
                        vErrors.push(err287);
                      }
                      errors++;
                    }
                    const len19 = data102.length;
                    for (let i19 = 0; i19 < len19; i19++) {
                      let data103 = data102[i19];
                      if (data103 && typeof data103 == "object" && !Array.isArray(data103)) {
                        if (data103.name === void 0) {
                          const err288 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/roles/" + i19, schemaPath: "#/properties/trust/properties/requirements/items/properties/roles/items/required", keyword: "required", params: { missingProperty: "name" }, message: "must have required property 'name'" };
                          if (vErrors === null) {
                            vErrors = [err288];
                          } else {
                            vErrors.push(err288);
                          }
                          errors++;
                        }
                        if (data103.threshold === void 0) {
                          const err289 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/roles/" + i19, schemaPath: "#/properties/trust/properties/requirements/items/properties/roles/items/required", keyword: "required", params: { missingProperty: "threshold" }, message: "must have required property 'threshold'" };
                          if (vErrors === null) {
                            vErrors = [err289];
                          } else {
                            vErrors.push(err289);
                          }
                          errors++;
                        }
                        if (data103.vouched === void 0) {
                          const err290 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/roles/" + i19, schemaPath: "#/properties/trust/properties/requirements/items/properties/roles/items/required", keyword: "required", params: { missingProperty: "vouched" }, message: "must have required property 'vouched'" };
                          if (vErrors === null) {
                            vErrors = [err290];
                          } else {
                            vErrors.push(err290);
                          }
                          errors++;
                        }
                        if (data103.missing === void 0) {
                          const err291 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/roles/" + i19, schemaPath: "#/properties/trust/properties/requirements/items/properties/roles/items/required", keyword: "required", params: { missingProperty: "missing" }, message: "must have required property 'missing'" };
                          if (vErrors === null) {
                            vErrors = [err291];
                          } else {
                            vErrors.push(err291);
                          }
                          errors++;
                        }
                        for (const key20 in data103) {
                          if (!(key20 === "name" || key20 === "threshold" || key20 === "vouched" || key20 === "missing")) {
                            const err292 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/roles/" + i19, schemaPath: "#/properties/trust/properties/requirements/items/properties/roles/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key20 }, message: "must NOT have additional properties" };
                            if (vErrors === null) {
                              vErrors = [err292];
                            } else {
                              vErrors.push(err292);
                            }
                            errors++;
                          }
                        }
                        if (data103.name !== void 0) {
                          let data104 = data103.name;
                          if (typeof data104 === "string") {
                            if (func3(data104) > 400) {
                              const err293 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/roles/" + i19 + "/name", schemaPath: "#/properties/trust/properties/requirements/items/properties/roles/items/properties/name/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                              if (vErrors === null) {
                                vErrors = [err293];
                              } else {
                                vErrors.push(err293);
                              }
                              errors++;
                            }
                          } else {
                            const err294 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/roles/" + i19 + "/name", schemaPath: "#/properties/trust/properties/requirements/items/properties/roles/items/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                            if (vErrors === null) {
                              vErrors = [err294];
                            } else {
                              vErrors.push(err294);
                            }
                            errors++;
                          }
                        }
                        if (data103.threshold !== void 0) {
                          let data105 = data103.threshold;
                          if (!(typeof data105 == "number" && (!(data105 % 1) && !isNaN(data105)) && isFinite(data105))) {
                            const err295 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/roles/" + i19 + "/threshold", schemaPath: "#/properties/trust/properties/requirements/items/properties/roles/items/properties/threshold/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                            if (vErrors === null) {
                              vErrors = [err295];
                            } else {
                              vErrors.push(err295);
                            }
                            errors++;
                          }
                          if (typeof data105 == "number" && isFinite(data105)) {
                            if (data105 > 1e15 || isNaN(data105)) {
                              const err296 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/roles/" + i19 + "/threshold", schemaPath: "#/properties/trust/properties/requirements/items/properties/roles/items/properties/threshold/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
                              if (vErrors === null) {
                                vErrors = [err296];
                              } else {
                                vErrors.push(err296);
                              }
                              errors++;
                            }
                            if (data105 < 0 || isNaN(data105)) {
                              const err297 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/roles/" + i19 + "/threshold", schemaPath: "#/properties/trust/properties/requirements/items/properties/roles/items/properties/threshold/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                              if (vErrors === null) {
                                vErrors = [err297];
                              } else {
                                vErrors.push(err297);
                              }
                              errors++;
                            }
                          }
                        }
                        if (data103.vouched !== void 0) {
                          let data106 = data103.vouched;
                          if (Array.isArray(data106)) {
                            if (data106.length > 64) {
                              const err298 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/roles/" + i19 + "/vouched", schemaPath: "#/properties/trust/properties/requirements/items/properties/roles/items/properties/vouched/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
                              if (vErrors === null) {
                                vErrors = [err298];
                              } else {
                                vErrors.push(err298);
                              }
                              errors++;
                            }
                            const len20 = data106.length;
                            for (let i20 = 0; i20 < len20; i20++) {
                              let data107 = data106[i20];
                              if (typeof data107 === "string") {
                                if (func3(data107) > 400) {
                                  const err299 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/roles/" + i19 + "/vouched/" + i20, schemaPath: "#/properties/trust/properties/requirements/items/properties/roles/items/properties/vouched/items/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                                  if (vErrors === null) {
                                    vErrors = [err299];
                                  } else {
                                    vErrors.push(err299);
                                  }
                                  errors++;
                                }
                              } else {
                                const err300 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/roles/" + i19 + "/vouched/" + i20, schemaPath: "#/properties/trust/properties/requirements/items/properties/roles/items/properties/vouched/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                                if (vErrors === null) {
                                  vErrors = [err300];
                                } else {
                                  vErrors.push(err300);
                                }
                                errors++;
                              }
                            }
                          } else {
                            const err301 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/roles/" + i19 + "/vouched", schemaPath: "#/properties/trust/properties/requirements/items/properties/roles/items/properties/vouched/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                            if (vErrors === null) {
                              vErrors = [err301];
                            } else {
                              vErrors.push(err301);
                            }
                            errors++;
                          }
                        }
                        if (data103.missing !== void 0) {
                          let data108 = data103.missing;
                          if (Array.isArray(data108)) {
                            if (data108.length > 64) {
                              const err302 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/roles/" + i19 + "/missing", schemaPath: "#/properties/trust/properties/requirements/items/properties/roles/items/properties/missing/maxItems", keyword: "maxItems", params: { limit: 64 }, message: "must NOT have more than 64 items" };
                              if (vErrors === null) {
                                vErrors = [err302];
                              } else {
                                vErrors.push(err302);
                              }
                              errors++;
                            }
                            const len21 = data108.length;
                            for (let i21 = 0; i21 < len21; i21++) {
                              let data109 = data108[i21];
                              if (typeof data109 === "string") {
                                if (func3(data109) > 400) {
                                  const err303 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/roles/" + i19 + "/missing/" + i21, schemaPath: "#/properties/trust/properties/requirements/items/properties/roles/items/properties/missing/items/maxLength", keyword: "maxLength", params: { limit: 400 }, message: "must NOT have more than 400 characters" };
                                  if (vErrors === null) {
                                    vErrors = [err303];
                                  } else {
                                    vErrors.push(err303);
                                  }
                                  errors++;
                                }
                              } else {
                                const err304 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/roles/" + i19 + "/missing/" + i21, schemaPath: "#/properties/trust/properties/requirements/items/properties/roles/items/properties/missing/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                                if (vErrors === null) {
                                  vErrors = [err304];
                                } else {
                                  vErrors.push(err304);
                                }
                                errors++;
                              }
                            }
                          } else {
                            const err305 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/roles/" + i19 + "/missing", schemaPath: "#/properties/trust/properties/requirements/items/properties/roles/items/properties/missing/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                            if (vErrors === null) {
                              vErrors = [err305];
                            } else {
                              vErrors.push(err305);
                            }
                            errors++;
                          }
                        }
                      } else {
                        const err306 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/roles/" + i19, schemaPath: "#/properties/trust/properties/requirements/items/properties/roles/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                        if (vErrors === null) {
                          vErrors = [err306];
                        } else {
                          vErrors.push(err306);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err307 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/roles", schemaPath: "#/properties/trust/properties/requirements/items/properties/roles/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                    if (vErrors === null) {
                      vErrors = [err307];
                    } else {
                      vErrors.push(err307);
                    }
                    errors++;
                  }
                }
                if (data94.isMet !== void 0) {
                  if (typeof data94.isMet !== "boolean") {
                    const err308 = { instancePath: instancePath + "/trust/requirements/" + i17 + "/isMet", schemaPath: "#/properties/trust/properties/requirements/items/properties/isMet/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
                    if (vErrors === null) {
                      vErrors = [err308];
                    } else {
                      vErrors.push(err308);
                    }
                    errors++;
                  }
                }
              } else {
                const err309 = { instancePath: instancePath + "/trust/requirements/" + i17, schemaPath: "#/properties/trust/properties/requirements/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                if (vErrors === null) {
                  vErrors = [err309];
                } else {
                  vErrors.push(err309);
                }
                errors++;
              }
            }
          } else {
            const err310 = { instancePath: instancePath + "/trust/requirements", schemaPath: "#/properties/trust/properties/requirements/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err310];
            } else {
              vErrors.push(err310);
            }
            errors++;
          }
        }
      } else {
        const err311 = { instancePath: instancePath + "/trust", schemaPath: "#/properties/trust/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err311];
        } else {
          vErrors.push(err311);
        }
        errors++;
      }
    }
    if (data.leftOut !== void 0) {
      let data111 = data.leftOut;
      if (data111 && typeof data111 == "object" && !Array.isArray(data111)) {
        if (data111.plans === void 0) {
          const err312 = { instancePath: instancePath + "/leftOut", schemaPath: "#/properties/leftOut/required", keyword: "required", params: { missingProperty: "plans" }, message: "must have required property 'plans'" };
          if (vErrors === null) {
            vErrors = [err312];
          } else {
            vErrors.push(err312);
          }
          errors++;
        }
        if (data111.devices === void 0) {
          const err313 = { instancePath: instancePath + "/leftOut", schemaPath: "#/properties/leftOut/required", keyword: "required", params: { missingProperty: "devices" }, message: "must have required property 'devices'" };
          if (vErrors === null) {
            vErrors = [err313];
          } else {
            vErrors.push(err313);
          }
          errors++;
        }
        if (data111.privileges === void 0) {
          const err314 = { instancePath: instancePath + "/leftOut", schemaPath: "#/properties/leftOut/required", keyword: "required", params: { missingProperty: "privileges" }, message: "must have required property 'privileges'" };
          if (vErrors === null) {
            vErrors = [err314];
          } else {
            vErrors.push(err314);
          }
          errors++;
        }
        if (data111.changes === void 0) {
          const err315 = { instancePath: instancePath + "/leftOut", schemaPath: "#/properties/leftOut/required", keyword: "required", params: { missingProperty: "changes" }, message: "must have required property 'changes'" };
          if (vErrors === null) {
            vErrors = [err315];
          } else {
            vErrors.push(err315);
          }
          errors++;
        }
        if (data111.requirements === void 0) {
          const err316 = { instancePath: instancePath + "/leftOut", schemaPath: "#/properties/leftOut/required", keyword: "required", params: { missingProperty: "requirements" }, message: "must have required property 'requirements'" };
          if (vErrors === null) {
            vErrors = [err316];
          } else {
            vErrors.push(err316);
          }
          errors++;
        }
        for (const key21 in data111) {
          if (!(key21 === "plans" || key21 === "devices" || key21 === "privileges" || key21 === "changes" || key21 === "requirements")) {
            const err317 = { instancePath: instancePath + "/leftOut", schemaPath: "#/properties/leftOut/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key21 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err317];
            } else {
              vErrors.push(err317);
            }
            errors++;
          }
        }
        if (data111.plans !== void 0) {
          let data112 = data111.plans;
          if (!(typeof data112 == "number" && (!(data112 % 1) && !isNaN(data112)) && isFinite(data112))) {
            const err318 = { instancePath: instancePath + "/leftOut/plans", schemaPath: "#/properties/leftOut/properties/plans/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err318];
            } else {
              vErrors.push(err318);
            }
            errors++;
          }
          if (typeof data112 == "number" && isFinite(data112)) {
            if (data112 > 1e15 || isNaN(data112)) {
              const err319 = { instancePath: instancePath + "/leftOut/plans", schemaPath: "#/properties/leftOut/properties/plans/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
              if (vErrors === null) {
                vErrors = [err319];
              } else {
                vErrors.push(err319);
              }
              errors++;
            }
            if (data112 < 0 || isNaN(data112)) {
              const err320 = { instancePath: instancePath + "/leftOut/plans", schemaPath: "#/properties/leftOut/properties/plans/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
              if (vErrors === null) {
                vErrors = [err320];
              } else {
                vErrors.push(err320);
              }
              errors++;
            }
          }
        }
        if (data111.devices !== void 0) {
          let data113 = data111.devices;
          if (!(typeof data113 == "number" && (!(data113 % 1) && !isNaN(data113)) && isFinite(data113))) {
            const err321 = { instancePath: instancePath + "/leftOut/devices", schemaPath: "#/properties/leftOut/properties/devices/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err321];
            } else {
              vErrors.push(err321);
            }
            errors++;
          }
          if (typeof data113 == "number" && isFinite(data113)) {
            if (data113 > 1e15 || isNaN(data113)) {
              const err322 = { instancePath: instancePath + "/leftOut/devices", schemaPath: "#/properties/leftOut/properties/devices/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
              if (vErrors === null) {
                vErrors = [err322];
              } else {
                vErrors.push(err322);
              }
              errors++;
            }
            if (data113 < 0 || isNaN(data113)) {
              const err323 = { instancePath: instancePath + "/leftOut/devices", schemaPath: "#/properties/leftOut/properties/devices/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
              if (vErrors === null) {
                vErrors = [err323];
              } else {
                vErrors.push(err323);
              }
              errors++;
            }
          }
        }
        if (data111.privileges !== void 0) {
          let data114 = data111.privileges;
          if (!(typeof data114 == "number" && (!(data114 % 1) && !isNaN(data114)) && isFinite(data114))) {
            const err324 = { instancePath: instancePath + "/leftOut/privileges", schemaPath: "#/properties/leftOut/properties/privileges/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err324];
            } else {
              vErrors.push(err324);
            }
            errors++;
          }
          if (typeof data114 == "number" && isFinite(data114)) {
            if (data114 > 1e15 || isNaN(data114)) {
              const err325 = { instancePath: instancePath + "/leftOut/privileges", schemaPath: "#/properties/leftOut/properties/privileges/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
              if (vErrors === null) {
                vErrors = [err325];
              } else {
                vErrors.push(err325);
              }
              errors++;
            }
            if (data114 < 0 || isNaN(data114)) {
              const err326 = { instancePath: instancePath + "/leftOut/privileges", schemaPath: "#/properties/leftOut/properties/privileges/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
              if (vErrors === null) {
                vErrors = [err326];
              } else {
                vErrors.push(err326);
              }
              errors++;
            }
          }
        }
        if (data111.changes !== void 0) {
          let data115 = data111.changes;
          if (!(typeof data115 == "number" && (!(data115 % 1) && !isNaN(data115)) && isFinite(data115))) {
            const err327 = { instancePath: instancePath + "/leftOut/changes", schemaPath: "#/properties/leftOut/properties/changes/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err327];
            } else {
              vErrors.push(err327);
            }
            errors++;
          }
          if (typeof data115 == "number" && isFinite(data115)) {
            if (data115 > 1e15 || isNaN(data115)) {
              const err328 = { instancePath: instancePath + "/leftOut/changes", schemaPath: "#/properties/leftOut/properties/changes/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
              if (vErrors === null) {
                vErrors = [err328];
              } else {
                vErrors.push(err328);
              }
              errors++;
            }
            if (data115 < 0 || isNaN(data115)) {
              const err329 = { instancePath: instancePath + "/leftOut/changes", schemaPath: "#/properties/leftOut/properties/changes/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
              if (vErrors === null) {
                vErrors = [err329];
              } else {
                vErrors.push(err329);
              }
              errors++;
            }
          }
        }
        if (data111.requirements !== void 0) {
          let data116 = data111.requirements;
          if (!(typeof data116 == "number" && (!(data116 % 1) && !isNaN(data116)) && isFinite(data116))) {
            const err330 = { instancePath: instancePath + "/leftOut/requirements", schemaPath: "#/properties/leftOut/properties/requirements/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err330];
            } else {
              vErrors.push(err330);
            }
            errors++;
          }
          if (typeof data116 == "number" && isFinite(data116)) {
            if (data116 > 1e15 || isNaN(data116)) {
              const err331 = { instancePath: instancePath + "/leftOut/requirements", schemaPath: "#/properties/leftOut/properties/requirements/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e15 }, message: "must be <= 1000000000000000" };
              if (vErrors === null) {
                vErrors = [err331];
              } else {
                vErrors.push(err331);
              }
              errors++;
            }
            if (data116 < 0 || isNaN(data116)) {
              const err332 = { instancePath: instancePath + "/leftOut/requirements", schemaPath: "#/properties/leftOut/properties/requirements/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
              if (vErrors === null) {
                vErrors = [err332];
              } else {
                vErrors.push(err332);
              }
              errors++;
            }
          }
        }
      } else {
        const err333 = { instancePath: instancePath + "/leftOut", schemaPath: "#/properties/leftOut/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err333];
        } else {
          vErrors.push(err333);
        }
        errors++;
      }
    }
  } else {
    const err334 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err334];
    } else {
      vErrors.push(err334);
    }
    errors++;
  }
  validate353.errors = vErrors;
  return errors === 0;
}
var rollout = validate355;
var schema80 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://towline.dev/schemas/v1/rollout.schema.json", "title": "Rollout", "description": "rollouts/<app>/<name>.yaml: a release that walks through the fleet, stage by stage. It moves the devices whose release fleet.yaml or a group gives; a release in a device's own file is a pin, and stays.", "type": "object", "additionalProperties": false, "required": ["apiVersion", "app", "from", "to", "stages", "stage"], "properties": { "apiVersion": { "$ref": "https://towline.dev/schemas/v1/common.apiVersion.schema.json" }, "app": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json", "description": "The app; the folder has its name." }, "from": { "description": "Devices that are assigned one of these take part.", "type": "array", "minItems": 1, "maxItems": 32, "uniqueItems": true, "items": { "$ref": "https://towline.dev/schemas/v1/common.version.schema.json" } }, "to": { "$ref": "https://towline.dev/schemas/v1/common.version.schema.json", "description": "What they get, once their stage is open." }, "stages": { "description": "In the order in which they open. A device belongs to the first one that selects it; one that none selects stays as it is.", "type": "array", "minItems": 1, "maxItems": 32, "items": { "type": "object", "additionalProperties": false, "required": ["name"], "oneOf": [{ "required": ["select"] }, { "required": ["percent"] }], "properties": { "name": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json" }, "select": { "$ref": "https://towline.dev/schemas/v1/common.selector.schema.json" }, "percent": { "description": "So many of a hundred devices, by a hash of fleet, rollout and device: the same ones for ever. Those of earlier stages count.", "type": "number", "exclusiveMinimum": 0, "maximum": 100, "multipleOf": 0.01 }, "hold": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "description": "How long it is open before the next one may be: enforced by devices.", "default": "0s" }, "gate": { "$ref": "https://towline.dev/schemas/v1/common.gate.schema.json" }, "promote": { "description": "people: this stage is opened by a person, and never by the rule of a bot.", "type": "string", "enum": ["bot", "people"], "default": "bot" }, "prefetch": { "description": "Its devices bring the images to the disk before it opens, as `next` does.", "type": "boolean", "default": false } } } }, "stage": { "description": "How many stages are open; 0: none yet.", "type": "integer", "minimum": 0, "maximum": 32 }, "since": { "$ref": "https://towline.dev/schemas/v1/common.instant.schema.json", "description": "When the newest stage was opened: no device acts on it before. There must be one where `stage` is not 0; where it is 0, the rule of a bot opens the first stage only if there is one, and not before it." }, "paused": { "description": "No further stage is opened. Stages that are open go on.", "type": "boolean", "default": false }, "aborted": { "description": "Every device goes back to what it is assigned.", "type": "boolean", "default": false }, "supersedes": { "$ref": "https://towline.dev/schemas/v1/common.version.schema.json", "description": "Another rollout of this app: it opens no further stage, and devices that it has moved take part in this one where its `to` is in `from`." }, "salt": { "description": "app: the same devices come first in each rollout of this app. rollout: others each time.", "type": "string", "enum": ["app", "rollout"], "default": "rollout" }, "absentAfter": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "description": "A device whose last word is older than this, and older than its stage, is absent, and not counted. Default: thrice the time between two reports." }, "darkAfter": { "$ref": "https://towline.dev/schemas/v1/common.duration.schema.json", "description": "A device that has seen its stage and is then silent for so long is dark, and counts as failed. Default: thrice the time between two reports." }, "reason": { "description": "For people: why it is, why it is paused.", "type": "string", "maxLength": 500 } }, "examples": [{ "apiVersion": "towline/v1", "app": "hello", "from": ["1.4.2"], "to": "1.5.0", "stages": [{ "name": "canary", "select": { "groups": ["canary"] }, "hold": "4h", "gate": { "min": 3, "success": "100%", "failures": 0, "within": "2d" } }, { "name": "tenth", "percent": 10, "hold": "1d" }, { "name": "all", "select": { "all": true }, "promote": "people" }], "stage": 1, "since": "2026-11-28T12:00:00Z" }] };
var pattern83 = new RegExp("^(100|[0-9]{1,2}(\\.[0-9]{1,2})?)%$", "u");
function validate364(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (!pattern83.test(data)) {
      const err0 = { instancePath, schemaPath: "#/pattern", keyword: "pattern", params: { pattern: "^(100|[0-9]{1,2}(\\.[0-9]{1,2})?)%$" }, message: 'must match pattern "^(100|[0-9]{1,2}(\\.[0-9]{1,2})?)%$"' };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
  } else {
    const err1 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "string" }, message: "must be string" };
    if (vErrors === null) {
      vErrors = [err1];
    } else {
      vErrors.push(err1);
    }
    errors++;
  }
  validate364.errors = vErrors;
  return errors === 0;
}
function validate363(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(key0 === "min" || key0 === "success" || key0 === "failures" || key0 === "within")) {
        const err0 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.min !== void 0) {
      let data0 = data.min;
      if (!(typeof data0 == "number" && (!(data0 % 1) && !isNaN(data0)) && isFinite(data0))) {
        const err1 = { instancePath: instancePath + "/min", schemaPath: "#/properties/min/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
      if (typeof data0 == "number" && isFinite(data0)) {
        if (data0 < 1 || isNaN(data0)) {
          const err2 = { instancePath: instancePath + "/min", schemaPath: "#/properties/min/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
          if (vErrors === null) {
            vErrors = [err2];
          } else {
            vErrors.push(err2);
          }
          errors++;
        }
      }
    }
    if (data.success !== void 0) {
      if (!validate364(data.success, { instancePath: instancePath + "/success", parentData: data, parentDataProperty: "success", rootData })) {
        vErrors = vErrors === null ? validate364.errors : vErrors.concat(validate364.errors);
        errors = vErrors.length;
      }
    }
    if (data.failures !== void 0) {
      let data2 = data.failures;
      const _errs6 = errors;
      let valid1 = false;
      let passing0 = null;
      const _errs7 = errors;
      if (!(typeof data2 == "number" && (!(data2 % 1) && !isNaN(data2)) && isFinite(data2))) {
        const err3 = { instancePath: instancePath + "/failures", schemaPath: "#/properties/failures/oneOf/0/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
      if (typeof data2 == "number" && isFinite(data2)) {
        if (data2 < 0 || isNaN(data2)) {
          const err4 = { instancePath: instancePath + "/failures", schemaPath: "#/properties/failures/oneOf/0/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
      }
      var _valid0 = _errs7 === errors;
      if (_valid0) {
        valid1 = true;
        passing0 = 0;
      }
      const _errs9 = errors;
      if (!validate364(data2, { instancePath: instancePath + "/failures", parentData: data, parentDataProperty: "failures", rootData })) {
        vErrors = vErrors === null ? validate364.errors : vErrors.concat(validate364.errors);
        errors = vErrors.length;
      }
      var _valid0 = _errs9 === errors;
      if (_valid0 && valid1) {
        valid1 = false;
        passing0 = [passing0, 1];
      } else {
        if (_valid0) {
          valid1 = true;
          passing0 = 1;
        }
      }
      if (!valid1) {
        const err5 = { instancePath: instancePath + "/failures", schemaPath: "#/properties/failures/oneOf", keyword: "oneOf", params: { passingSchemas: passing0 }, message: "must match exactly one schema in oneOf" };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      } else {
        errors = _errs6;
        if (vErrors !== null) {
          if (_errs6) {
            vErrors.length = _errs6;
          } else {
            vErrors = null;
          }
        }
      }
    }
    if (data.within !== void 0) {
      if (!validate46(data.within, { instancePath: instancePath + "/within", parentData: data, parentDataProperty: "within", rootData })) {
        vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
        errors = vErrors.length;
      }
    }
  } else {
    const err6 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err6];
    } else {
      vErrors.push(err6);
    }
    errors++;
  }
  validate363.errors = vErrors;
  return errors === 0;
}
function validate355(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.apiVersion === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "apiVersion" }, message: "must have required property 'apiVersion'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.app === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "app" }, message: "must have required property 'app'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.from === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "from" }, message: "must have required property 'from'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data.to === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "to" }, message: "must have required property 'to'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    if (data.stages === void 0) {
      const err4 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "stages" }, message: "must have required property 'stages'" };
      if (vErrors === null) {
        vErrors = [err4];
      } else {
        vErrors.push(err4);
      }
      errors++;
    }
    if (data.stage === void 0) {
      const err5 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "stage" }, message: "must have required property 'stage'" };
      if (vErrors === null) {
        vErrors = [err5];
      } else {
        vErrors.push(err5);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func2.call(schema80.properties, key0)) {
        const err6 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.apiVersion !== void 0) {
      if (!validate22(data.apiVersion, { instancePath: instancePath + "/apiVersion", parentData: data, parentDataProperty: "apiVersion", rootData })) {
        vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
        errors = vErrors.length;
      }
    }
    if (data.app !== void 0) {
      if (!validate24(data.app, { instancePath: instancePath + "/app", parentData: data, parentDataProperty: "app", rootData })) {
        vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
        errors = vErrors.length;
      }
    }
    if (data.from !== void 0) {
      let data2 = data.from;
      if (Array.isArray(data2)) {
        if (data2.length > 32) {
          const err7 = { instancePath: instancePath + "/from", schemaPath: "#/properties/from/maxItems", keyword: "maxItems", params: { limit: 32 }, message: "must NOT have more than 32 items" };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
        if (data2.length < 1) {
          const err8 = { instancePath: instancePath + "/from", schemaPath: "#/properties/from/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
        const len0 = data2.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (!validate70(data2[i0], { instancePath: instancePath + "/from/" + i0, parentData: data2, parentDataProperty: i0, rootData })) {
            vErrors = vErrors === null ? validate70.errors : vErrors.concat(validate70.errors);
            errors = vErrors.length;
          }
        }
        let i1 = data2.length;
        let j0;
        if (i1 > 1) {
          outer0: for (; i1--; ) {
            for (j0 = i1; j0--; ) {
              if (func0(data2[i1], data2[j0])) {
                const err9 = { instancePath: instancePath + "/from", schemaPath: "#/properties/from/uniqueItems", keyword: "uniqueItems", params: { i: i1, j: j0 }, message: "must NOT have duplicate items (items ## " + j0 + " and " + i1 + " are identical)" };
                if (vErrors === null) {
                  vErrors = [err9];
                } else {
                  vErrors.push(err9);
                }
                errors++;
                break outer0;
              }
            }
          }
        }
      } else {
        const err10 = { instancePath: instancePath + "/from", schemaPath: "#/properties/from/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.to !== void 0) {
      if (!validate70(data.to, { instancePath: instancePath + "/to", parentData: data, parentDataProperty: "to", rootData })) {
        vErrors = vErrors === null ? validate70.errors : vErrors.concat(validate70.errors);
        errors = vErrors.length;
      }
    }
    if (data.stages !== void 0) {
      let data5 = data.stages;
      if (Array.isArray(data5)) {
        if (data5.length > 32) {
          const err11 = { instancePath: instancePath + "/stages", schemaPath: "#/properties/stages/maxItems", keyword: "maxItems", params: { limit: 32 }, message: "must NOT have more than 32 items" };
          if (vErrors === null) {
            vErrors = [err11];
          } else {
            vErrors.push(err11);
          }
          errors++;
        }
        if (data5.length < 1) {
          const err12 = { instancePath: instancePath + "/stages", schemaPath: "#/properties/stages/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" };
          if (vErrors === null) {
            vErrors = [err12];
          } else {
            vErrors.push(err12);
          }
          errors++;
        }
        const len1 = data5.length;
        for (let i2 = 0; i2 < len1; i2++) {
          let data6 = data5[i2];
          const _errs12 = errors;
          let valid6 = false;
          let passing0 = null;
          const _errs13 = errors;
          if (data6 && typeof data6 == "object" && !Array.isArray(data6)) {
            if (data6.select === void 0) {
              const err13 = { instancePath: instancePath + "/stages/" + i2, schemaPath: "#/properties/stages/items/oneOf/0/required", keyword: "required", params: { missingProperty: "select" }, message: "must have required property 'select'" };
              if (vErrors === null) {
                vErrors = [err13];
              } else {
                vErrors.push(err13);
              }
              errors++;
            }
          }
          var _valid0 = _errs13 === errors;
          if (_valid0) {
            valid6 = true;
            passing0 = 0;
          }
          const _errs14 = errors;
          if (data6 && typeof data6 == "object" && !Array.isArray(data6)) {
            if (data6.percent === void 0) {
              const err14 = { instancePath: instancePath + "/stages/" + i2, schemaPath: "#/properties/stages/items/oneOf/1/required", keyword: "required", params: { missingProperty: "percent" }, message: "must have required property 'percent'" };
              if (vErrors === null) {
                vErrors = [err14];
              } else {
                vErrors.push(err14);
              }
              errors++;
            }
          }
          var _valid0 = _errs14 === errors;
          if (_valid0 && valid6) {
            valid6 = false;
            passing0 = [passing0, 1];
          } else {
            if (_valid0) {
              valid6 = true;
              passing0 = 1;
            }
          }
          if (!valid6) {
            const err15 = { instancePath: instancePath + "/stages/" + i2, schemaPath: "#/properties/stages/items/oneOf", keyword: "oneOf", params: { passingSchemas: passing0 }, message: "must match exactly one schema in oneOf" };
            if (vErrors === null) {
              vErrors = [err15];
            } else {
              vErrors.push(err15);
            }
            errors++;
          } else {
            errors = _errs12;
            if (vErrors !== null) {
              if (_errs12) {
                vErrors.length = _errs12;
              } else {
                vErrors = null;
              }
            }
          }
          if (data6 && typeof data6 == "object" && !Array.isArray(data6)) {
            if (data6.name === void 0) {
              const err16 = { instancePath: instancePath + "/stages/" + i2, schemaPath: "#/properties/stages/items/required", keyword: "required", params: { missingProperty: "name" }, message: "must have required property 'name'" };
              if (vErrors === null) {
                vErrors = [err16];
              } else {
                vErrors.push(err16);
              }
              errors++;
            }
            for (const key1 in data6) {
              if (!(key1 === "name" || key1 === "select" || key1 === "percent" || key1 === "hold" || key1 === "gate" || key1 === "promote" || key1 === "prefetch")) {
                const err17 = { instancePath: instancePath + "/stages/" + i2, schemaPath: "#/properties/stages/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err17];
                } else {
                  vErrors.push(err17);
                }
                errors++;
              }
            }
            if (data6.name !== void 0) {
              if (!validate24(data6.name, { instancePath: instancePath + "/stages/" + i2 + "/name", parentData: data6, parentDataProperty: "name", rootData })) {
                vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
                errors = vErrors.length;
              }
            }
            if (data6.select !== void 0) {
              if (!validate180(data6.select, { instancePath: instancePath + "/stages/" + i2 + "/select", parentData: data6, parentDataProperty: "select", rootData })) {
                vErrors = vErrors === null ? validate180.errors : vErrors.concat(validate180.errors);
                errors = vErrors.length;
              }
            }
            if (data6.percent !== void 0) {
              let data9 = data6.percent;
              if (typeof data9 == "number" && isFinite(data9)) {
                if (data9 > 100 || isNaN(data9)) {
                  const err18 = { instancePath: instancePath + "/stages/" + i2 + "/percent", schemaPath: "#/properties/stages/items/properties/percent/maximum", keyword: "maximum", params: { comparison: "<=", limit: 100 }, message: "must be <= 100" };
                  if (vErrors === null) {
                    vErrors = [err18];
                  } else {
                    vErrors.push(err18);
                  }
                  errors++;
                }
                if (data9 <= 0 || isNaN(data9)) {
                  const err19 = { instancePath: instancePath + "/stages/" + i2 + "/percent", schemaPath: "#/properties/stages/items/properties/percent/exclusiveMinimum", keyword: "exclusiveMinimum", params: { comparison: ">", limit: 0 }, message: "must be > 0" };
                  if (vErrors === null) {
                    vErrors = [err19];
                  } else {
                    vErrors.push(err19);
                  }
                  errors++;
                }
                let res0;
                if (res0 = data9 / 0.01, res0 !== parseInt(res0)) {
                  const err20 = { instancePath: instancePath + "/stages/" + i2 + "/percent", schemaPath: "#/properties/stages/items/properties/percent/multipleOf", keyword: "multipleOf", params: { multipleOf: 0.01 }, message: "must be multiple of 0.01" };
                  if (vErrors === null) {
                    vErrors = [err20];
                  } else {
                    vErrors.push(err20);
                  }
                  errors++;
                }
              } else {
                const err21 = { instancePath: instancePath + "/stages/" + i2 + "/percent", schemaPath: "#/properties/stages/items/properties/percent/type", keyword: "type", params: { type: "number" }, message: "must be number" };
                if (vErrors === null) {
                  vErrors = [err21];
                } else {
                  vErrors.push(err21);
                }
                errors++;
              }
            }
            if (data6.hold !== void 0) {
              if (!validate46(data6.hold, { instancePath: instancePath + "/stages/" + i2 + "/hold", parentData: data6, parentDataProperty: "hold", rootData })) {
                vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
                errors = vErrors.length;
              }
            }
            if (data6.gate !== void 0) {
              if (!validate363(data6.gate, { instancePath: instancePath + "/stages/" + i2 + "/gate", parentData: data6, parentDataProperty: "gate", rootData })) {
                vErrors = vErrors === null ? validate363.errors : vErrors.concat(validate363.errors);
                errors = vErrors.length;
              }
            }
            if (data6.promote !== void 0) {
              let data12 = data6.promote;
              if (typeof data12 !== "string") {
                const err22 = { instancePath: instancePath + "/stages/" + i2 + "/promote", schemaPath: "#/properties/stages/items/properties/promote/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err22];
                } else {
                  vErrors.push(err22);
                }
                errors++;
              }
              if (!(data12 === "bot" || data12 === "people")) {
                const err23 = { instancePath: instancePath + "/stages/" + i2 + "/promote", schemaPath: "#/properties/stages/items/properties/promote/enum", keyword: "enum", params: { allowedValues: schema80.properties.stages.items.properties.promote.enum }, message: "must be equal to one of the allowed values" };
                if (vErrors === null) {
                  vErrors = [err23];
                } else {
                  vErrors.push(err23);
                }
                errors++;
              }
            }
            if (data6.prefetch !== void 0) {
              if (typeof data6.prefetch !== "boolean") {
                const err24 = { instancePath: instancePath + "/stages/" + i2 + "/prefetch", schemaPath: "#/properties/stages/items/properties/prefetch/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
                if (vErrors === null) {
                  vErrors = [err24];
                } else {
                  vErrors.push(err24);
                }
                errors++;
              }
            }
          } else {
            const err25 = { instancePath: instancePath + "/stages/" + i2, schemaPath: "#/properties/stages/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err25];
            } else {
              vErrors.push(err25);
            }
            errors++;
          }
        }
      } else {
        const err26 = { instancePath: instancePath + "/stages", schemaPath: "#/properties/stages/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err26];
        } else {
          vErrors.push(err26);
        }
        errors++;
      }
    }
    if (data.stage !== void 0) {
      let data14 = data.stage;
      if (!(typeof data14 == "number" && (!(data14 % 1) && !isNaN(data14)) && isFinite(data14))) {
        const err27 = { instancePath: instancePath + "/stage", schemaPath: "#/properties/stage/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
        if (vErrors === null) {
          vErrors = [err27];
        } else {
          vErrors.push(err27);
        }
        errors++;
      }
      if (typeof data14 == "number" && isFinite(data14)) {
        if (data14 > 32 || isNaN(data14)) {
          const err28 = { instancePath: instancePath + "/stage", schemaPath: "#/properties/stage/maximum", keyword: "maximum", params: { comparison: "<=", limit: 32 }, message: "must be <= 32" };
          if (vErrors === null) {
            vErrors = [err28];
          } else {
            vErrors.push(err28);
          }
          errors++;
        }
        if (data14 < 0 || isNaN(data14)) {
          const err29 = { instancePath: instancePath + "/stage", schemaPath: "#/properties/stage/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
          if (vErrors === null) {
            vErrors = [err29];
          } else {
            vErrors.push(err29);
          }
          errors++;
        }
      }
    }
    if (data.since !== void 0) {
      if (!validate64(data.since, { instancePath: instancePath + "/since", parentData: data, parentDataProperty: "since", rootData })) {
        vErrors = vErrors === null ? validate64.errors : vErrors.concat(validate64.errors);
        errors = vErrors.length;
      }
    }
    if (data.paused !== void 0) {
      if (typeof data.paused !== "boolean") {
        const err30 = { instancePath: instancePath + "/paused", schemaPath: "#/properties/paused/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err30];
        } else {
          vErrors.push(err30);
        }
        errors++;
      }
    }
    if (data.aborted !== void 0) {
      if (typeof data.aborted !== "boolean") {
        const err31 = { instancePath: instancePath + "/aborted", schemaPath: "#/properties/aborted/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
        if (vErrors === null) {
          vErrors = [err31];
        } else {
          vErrors.push(err31);
        }
        errors++;
      }
    }
    if (data.supersedes !== void 0) {
      if (!validate70(data.supersedes, { instancePath: instancePath + "/supersedes", parentData: data, parentDataProperty: "supersedes", rootData })) {
        vErrors = vErrors === null ? validate70.errors : vErrors.concat(validate70.errors);
        errors = vErrors.length;
      }
    }
    if (data.salt !== void 0) {
      let data19 = data.salt;
      if (typeof data19 !== "string") {
        const err32 = { instancePath: instancePath + "/salt", schemaPath: "#/properties/salt/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err32];
        } else {
          vErrors.push(err32);
        }
        errors++;
      }
      if (!(data19 === "app" || data19 === "rollout")) {
        const err33 = { instancePath: instancePath + "/salt", schemaPath: "#/properties/salt/enum", keyword: "enum", params: { allowedValues: schema80.properties.salt.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err33];
        } else {
          vErrors.push(err33);
        }
        errors++;
      }
    }
    if (data.absentAfter !== void 0) {
      if (!validate46(data.absentAfter, { instancePath: instancePath + "/absentAfter", parentData: data, parentDataProperty: "absentAfter", rootData })) {
        vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
        errors = vErrors.length;
      }
    }
    if (data.darkAfter !== void 0) {
      if (!validate46(data.darkAfter, { instancePath: instancePath + "/darkAfter", parentData: data, parentDataProperty: "darkAfter", rootData })) {
        vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
        errors = vErrors.length;
      }
    }
    if (data.reason !== void 0) {
      let data22 = data.reason;
      if (typeof data22 === "string") {
        if (func3(data22) > 500) {
          const err34 = { instancePath: instancePath + "/reason", schemaPath: "#/properties/reason/maxLength", keyword: "maxLength", params: { limit: 500 }, message: "must NOT have more than 500 characters" };
          if (vErrors === null) {
            vErrors = [err34];
          } else {
            vErrors.push(err34);
          }
          errors++;
        }
      } else {
        const err35 = { instancePath: instancePath + "/reason", schemaPath: "#/properties/reason/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err35];
        } else {
          vErrors.push(err35);
        }
        errors++;
      }
    }
  } else {
    const err36 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err36];
    } else {
      vErrors.push(err36);
    }
    errors++;
  }
  validate355.errors = vErrors;
  return errors === 0;
}
var status = validate373;
var schema83 = { "$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://towline.dev/schemas/v1/status.schema.json", "title": "Status", "description": "status.yaml in a device's telemetry branch: what the device last said of itself. The commit that holds it is signed by the device.", "type": "object", "additionalProperties": false, "required": ["apiVersion", "fleet", "device", "time", "agent", "trusted", "outcome", "conditions", "projects", "tunnel"], "properties": { "apiVersion": { "$ref": "https://towline.dev/schemas/v1/common.apiVersion.schema.json" }, "fleet": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json" }, "device": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json" }, "time": { "$ref": "https://towline.dev/schemas/v1/common.instant.schema.json", "description": "The device's clock when the pass ended." }, "pass": { "description": "Id of the pass, as in the agent's log.", "type": "string" }, "agent": { "description": "The program that wrote this.", "type": "object", "additionalProperties": false, "required": ["version"], "properties": { "version": { "type": "string", "description": "Towline's version." }, "walk": { "type": "integer", "minimum": 1, "description": "The newest `walk` of a policy that this agent knows; absent: 1." }, "engine": { "type": "string", "description": "The engine's version." }, "started": { "$ref": "https://towline.dev/schemas/v1/common.instant.schema.json", "description": "When this run of the agent began." } } }, "trusted": { "description": "The newest commit that this device has accepted.", "type": "object", "additionalProperties": false, "required": ["commit"], "properties": { "commit": { "$ref": "https://towline.dev/schemas/v1/common.commit.schema.json", "description": "The newest commit that is trusted here." }, "lineTime": { "$ref": "https://towline.dev/schemas/v1/common.instant.schema.json", "description": "Time of the newest signed commit on the way to it." } } }, "stopped": { "description": "Why main's head is not trusted. Absent when it is.", "type": "object", "additionalProperties": false, "required": ["code", "message"], "properties": { "code": { "type": "string", "description": "Error code, see docs/reference/errors.md." }, "commit": { "$ref": "https://towline.dev/schemas/v1/common.commit.schema.json", "description": "The first commit that is not trusted." }, "path": { "type": "string", "description": "Path that was not vouched for." }, "message": { "type": "string", "description": "For people." }, "head": { "$ref": "https://towline.dev/schemas/v1/common.commit.schema.json", "description": "Main's head as it was then; absent: an older agent." } } }, "followed": { "$ref": "https://towline.dev/schemas/v1/common.commit.schema.json", "description": "The commit that `outcome` and `projects` speak of; absent: an older agent, or none was read. `trusted` may be newer while a pass goes on." }, "outcome": { "description": "How the last pass went.", "type": "string", "enum": ["unchanged", "applied", "progressing", "rolled-back", "degraded", "failed", "paused", "waiting", "stale", "retired"] }, "retired": { "description": "What the device's file says becomes of its apps. With the outcome `retired` it has: this is its last word.", "type": "string", "enum": ["stop", "remove", "remove-with-volumes"] }, "applied": { "$ref": "https://towline.dev/schemas/v1/common.commit.schema.json", "description": "Newest commit whose projects all became healthy here." }, "conditions": { "description": "What a person should know.", "type": "array", "items": { "type": "object", "additionalProperties": false, "required": ["type", "status", "reason", "message"], "properties": { "type": { "type": "string", "description": "Ready, Trusted, Fetched, Fresh, EngineAnswers, Downloaded, TunnelOpen, \u2026" }, "status": { "type": "boolean", "description": "Whether it holds." }, "reason": { "type": "string", "description": "One word, or an error code." }, "message": { "type": "string", "description": "For people." }, "since": { "$ref": "https://towline.dev/schemas/v1/common.instant.schema.json", "description": "Since when it says what it says." } } } }, "projects": { "description": "One entry for each app.", "type": "array", "items": { "type": "object", "additionalProperties": false, "required": ["app", "project", "state", "services"], "properties": { "app": { "$ref": "https://towline.dev/schemas/v1/common.name.schema.json", "description": "The app of the fleet that it comes from." }, "project": { "type": "string", "description": "Compose project name." }, "release": { "$ref": "https://towline.dev/schemas/v1/common.version.schema.json" }, "digest": { "type": "string", "description": "Digest of the desired state that runs." }, "state": { "type": "string", "description": "How it goes; progressing: it is being brought to `wanted`; unknown: the engine does not answer.", "enum": ["healthy", "progressing", "degraded", "rolled-back", "failed", "paused", "waiting", "removed", "stopped", "unknown"] }, "message": { "type": "string", "description": "For people." }, "since": { "$ref": "https://towline.dev/schemas/v1/common.instant.schema.json", "description": "Since when what runs is what it is, by its digest, as far as this device remembers." }, "wanted": { "type": "object", "description": "What the trusted commit wants to run; absent: nothing any more, or an older agent.", "additionalProperties": false, "required": ["digest"], "properties": { "release": { "$ref": "https://towline.dev/schemas/v1/common.version.schema.json" }, "digest": { "type": "string", "description": "Digest of the desired state. It runs where `digest` is the same, and failed here where `setAside` is." } } }, "next": { "type": "object", "description": "Images that come ahead: of the release that is `next`, or of the one that is wanted while its update waits for a window. Absent: none do, or an older agent.", "additionalProperties": false, "required": ["state", "since"], "properties": { "release": { "$ref": "https://towline.dev/schemas/v1/common.version.schema.json" }, "state": { "type": "string", "description": "waiting: for its time, a window or another try; there: all on the disk, checked; refused: nothing of it comes.", "enum": ["waiting", "downloading", "there", "refused"] }, "since": { "$ref": "https://towline.dev/schemas/v1/common.instant.schema.json", "description": "When this device has first seen it." }, "bytes": { "type": "integer", "minimum": 0, "description": "That have come, in tenths of all." }, "totalBytes": { "type": "integer", "minimum": 0, "description": "Of all its images as they are sent; absent: the release does not say." }, "message": { "type": "string", "description": "For people." } } }, "setAside": { "type": "string", "description": "Digest of the desired state that failed here and is not tried again." }, "lastWords": { "type": "string", "maxLength": 200, "description": "What containers that failed said last, redacted; absent with `telemetry.logs: false`." }, "services": { "type": "array", "description": "One entry for each service.", "items": { "type": "object", "additionalProperties": false, "required": ["name", "state"], "properties": { "name": { "type": "string", "description": "Service." }, "image": { "type": "string", "description": "Image reference." }, "state": { "type": "string", "description": "The engine's word: running, exited, \u2026" }, "health": { "type": "string", "description": "The engine's word: healthy, unhealthy, starting; absent without a check." }, "restarts": { "type": "integer", "description": "Restarts since it was created." }, "exitCode": { "type": "integer", "description": "Of the last exit." } } } } } } }, "recordings": { "description": "The device's ledger of recorded sessions: an entry for each that began and each that ended. A recording that is missing at the gateway shows by it. Absent: none was ever recorded.", "type": "object", "additionalProperties": false, "required": ["count", "head"], "properties": { "count": { "type": "integer", "minimum": 1, "description": "Entries." }, "head": { "type": "string", "pattern": "^[0-9a-f]{64}$", "description": "Hash of the newest entry, which covers all before it." }, "waiting": { "type": "integer", "minimum": 0, "description": "Recordings that the gateway has not got whole yet." } } }, "tunnel": { "description": "The tunnel as the device has it.", "type": "object", "additionalProperties": false, "required": ["state"], "properties": { "state": { "type": "string", "description": "connecting: it should be open and is not yet.", "enum": ["open", "closed", "connecting"] }, "until": { "$ref": "https://towline.dev/schemas/v1/common.instant.schema.json", "description": "When it closes by itself." }, "reason": { "type": "string", "description": "From the device's file." }, "targets": { "type": "array", "description": "Names of what can be reached.", "items": { "type": "string" } }, "leftRunning": { "type": "array", "description": "Commands in containers whose person was cut, and that could not be ended: the image has no shell, or they belong to another user by now.", "maxItems": 20, "items": { "type": "string", "maxLength": 300 } } } }, "lost": { "description": "What was dropped since the status before, and is gone.", "type": "object", "additionalProperties": false, "properties": { "logLines": { "type": "integer", "description": "Lines of logs, of all classes." }, "logBytes": { "type": "integer", "description": "Bytes, compressed, of all that is counted here." }, "records": { "description": "The same by class, in the order in which they go: metrics in moments, events one by one.", "type": "object", "additionalProperties": false, "properties": { "debug": { "type": "integer", "description": "Lines of debug and trace." }, "metric": { "type": "integer", "description": "Moments of metrics." }, "log": { "type": "integer", "description": "Other lines." }, "error": { "type": "integer", "description": "Lines of errors." }, "event": { "type": "integer", "description": "Events." } } }, "damaged": { "type": "integer", "description": "Segments that were not on the disk as they had been written: set aside." } } }, "host": { "description": "What the agent runs on; absent: an older agent.", "type": "object", "additionalProperties": false, "properties": { "os": { "type": "string", "description": "ID and VERSION_ID of os-release, such as `debian 12`." }, "kernel": { "type": "string", "description": "Release of the kernel." }, "architecture": { "type": "string", "description": "Such as `x64` or `arm64`." }, "platform": { "$ref": "https://towline.dev/schemas/v1/common.platform.schema.json", "description": "What the engine runs images for; absent: it has not answered yet." }, "memory": { "type": "integer", "minimum": 0, "description": "Bytes of the machine, as its engine has it." } } } }, "examples": [{ "apiVersion": "towline/v1", "fleet": "acme-pumps", "device": "pump-17", "time": "2026-07-01T08:15:00Z", "agent": { "version": "0.1.0", "engine": "20.10.24" }, "trusted": { "commit": "0000000000000000000000000000000000000000" }, "outcome": "unchanged", "conditions": [{ "type": "Ready", "status": true, "reason": "Healthy", "message": "All projects are healthy." }], "projects": [{ "app": "web", "project": "web", "release": "1.0", "state": "healthy", "services": [{ "name": "server", "state": "running", "health": "healthy" }] }], "tunnel": { "state": "closed" } }] };
var pattern84 = new RegExp("^[0-9a-f]{64}$", "u");
function validate373(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == "object" && !Array.isArray(data)) {
    if (data.apiVersion === void 0) {
      const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "apiVersion" }, message: "must have required property 'apiVersion'" };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.fleet === void 0) {
      const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "fleet" }, message: "must have required property 'fleet'" };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    if (data.device === void 0) {
      const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "device" }, message: "must have required property 'device'" };
      if (vErrors === null) {
        vErrors = [err2];
      } else {
        vErrors.push(err2);
      }
      errors++;
    }
    if (data.time === void 0) {
      const err3 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "time" }, message: "must have required property 'time'" };
      if (vErrors === null) {
        vErrors = [err3];
      } else {
        vErrors.push(err3);
      }
      errors++;
    }
    if (data.agent === void 0) {
      const err4 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "agent" }, message: "must have required property 'agent'" };
      if (vErrors === null) {
        vErrors = [err4];
      } else {
        vErrors.push(err4);
      }
      errors++;
    }
    if (data.trusted === void 0) {
      const err5 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "trusted" }, message: "must have required property 'trusted'" };
      if (vErrors === null) {
        vErrors = [err5];
      } else {
        vErrors.push(err5);
      }
      errors++;
    }
    if (data.outcome === void 0) {
      const err6 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "outcome" }, message: "must have required property 'outcome'" };
      if (vErrors === null) {
        vErrors = [err6];
      } else {
        vErrors.push(err6);
      }
      errors++;
    }
    if (data.conditions === void 0) {
      const err7 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "conditions" }, message: "must have required property 'conditions'" };
      if (vErrors === null) {
        vErrors = [err7];
      } else {
        vErrors.push(err7);
      }
      errors++;
    }
    if (data.projects === void 0) {
      const err8 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "projects" }, message: "must have required property 'projects'" };
      if (vErrors === null) {
        vErrors = [err8];
      } else {
        vErrors.push(err8);
      }
      errors++;
    }
    if (data.tunnel === void 0) {
      const err9 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "tunnel" }, message: "must have required property 'tunnel'" };
      if (vErrors === null) {
        vErrors = [err9];
      } else {
        vErrors.push(err9);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func2.call(schema83.properties, key0)) {
        const err10 = { instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.apiVersion !== void 0) {
      if (!validate22(data.apiVersion, { instancePath: instancePath + "/apiVersion", parentData: data, parentDataProperty: "apiVersion", rootData })) {
        vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
        errors = vErrors.length;
      }
    }
    if (data.fleet !== void 0) {
      if (!validate24(data.fleet, { instancePath: instancePath + "/fleet", parentData: data, parentDataProperty: "fleet", rootData })) {
        vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
        errors = vErrors.length;
      }
    }
    if (data.device !== void 0) {
      if (!validate24(data.device, { instancePath: instancePath + "/device", parentData: data, parentDataProperty: "device", rootData })) {
        vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
        errors = vErrors.length;
      }
    }
    if (data.time !== void 0) {
      if (!validate64(data.time, { instancePath: instancePath + "/time", parentData: data, parentDataProperty: "time", rootData })) {
        vErrors = vErrors === null ? validate64.errors : vErrors.concat(validate64.errors);
        errors = vErrors.length;
      }
    }
    if (data.pass !== void 0) {
      if (typeof data.pass !== "string") {
        const err11 = { instancePath: instancePath + "/pass", schemaPath: "#/properties/pass/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.agent !== void 0) {
      let data5 = data.agent;
      if (data5 && typeof data5 == "object" && !Array.isArray(data5)) {
        if (data5.version === void 0) {
          const err12 = { instancePath: instancePath + "/agent", schemaPath: "#/properties/agent/required", keyword: "required", params: { missingProperty: "version" }, message: "must have required property 'version'" };
          if (vErrors === null) {
            vErrors = [err12];
          } else {
            vErrors.push(err12);
          }
          errors++;
        }
        for (const key1 in data5) {
          if (!(key1 === "version" || key1 === "walk" || key1 === "engine" || key1 === "started")) {
            const err13 = { instancePath: instancePath + "/agent", schemaPath: "#/properties/agent/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err13];
            } else {
              vErrors.push(err13);
            }
            errors++;
          }
        }
        if (data5.version !== void 0) {
          if (typeof data5.version !== "string") {
            const err14 = { instancePath: instancePath + "/agent/version", schemaPath: "#/properties/agent/properties/version/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err14];
            } else {
              vErrors.push(err14);
            }
            errors++;
          }
        }
        if (data5.walk !== void 0) {
          let data7 = data5.walk;
          if (!(typeof data7 == "number" && (!(data7 % 1) && !isNaN(data7)) && isFinite(data7))) {
            const err15 = { instancePath: instancePath + "/agent/walk", schemaPath: "#/properties/agent/properties/walk/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err15];
            } else {
              vErrors.push(err15);
            }
            errors++;
          }
          if (typeof data7 == "number" && isFinite(data7)) {
            if (data7 < 1 || isNaN(data7)) {
              const err16 = { instancePath: instancePath + "/agent/walk", schemaPath: "#/properties/agent/properties/walk/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
              if (vErrors === null) {
                vErrors = [err16];
              } else {
                vErrors.push(err16);
              }
              errors++;
            }
          }
        }
        if (data5.engine !== void 0) {
          if (typeof data5.engine !== "string") {
            const err17 = { instancePath: instancePath + "/agent/engine", schemaPath: "#/properties/agent/properties/engine/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err17];
            } else {
              vErrors.push(err17);
            }
            errors++;
          }
        }
        if (data5.started !== void 0) {
          if (!validate64(data5.started, { instancePath: instancePath + "/agent/started", parentData: data5, parentDataProperty: "started", rootData })) {
            vErrors = vErrors === null ? validate64.errors : vErrors.concat(validate64.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err18 = { instancePath: instancePath + "/agent", schemaPath: "#/properties/agent/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err18];
        } else {
          vErrors.push(err18);
        }
        errors++;
      }
    }
    if (data.trusted !== void 0) {
      let data10 = data.trusted;
      if (data10 && typeof data10 == "object" && !Array.isArray(data10)) {
        if (data10.commit === void 0) {
          const err19 = { instancePath: instancePath + "/trusted", schemaPath: "#/properties/trusted/required", keyword: "required", params: { missingProperty: "commit" }, message: "must have required property 'commit'" };
          if (vErrors === null) {
            vErrors = [err19];
          } else {
            vErrors.push(err19);
          }
          errors++;
        }
        for (const key2 in data10) {
          if (!(key2 === "commit" || key2 === "lineTime")) {
            const err20 = { instancePath: instancePath + "/trusted", schemaPath: "#/properties/trusted/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err20];
            } else {
              vErrors.push(err20);
            }
            errors++;
          }
        }
        if (data10.commit !== void 0) {
          if (!validate35(data10.commit, { instancePath: instancePath + "/trusted/commit", parentData: data10, parentDataProperty: "commit", rootData })) {
            vErrors = vErrors === null ? validate35.errors : vErrors.concat(validate35.errors);
            errors = vErrors.length;
          }
        }
        if (data10.lineTime !== void 0) {
          if (!validate64(data10.lineTime, { instancePath: instancePath + "/trusted/lineTime", parentData: data10, parentDataProperty: "lineTime", rootData })) {
            vErrors = vErrors === null ? validate64.errors : vErrors.concat(validate64.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err21 = { instancePath: instancePath + "/trusted", schemaPath: "#/properties/trusted/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err21];
        } else {
          vErrors.push(err21);
        }
        errors++;
      }
    }
    if (data.stopped !== void 0) {
      let data13 = data.stopped;
      if (data13 && typeof data13 == "object" && !Array.isArray(data13)) {
        if (data13.code === void 0) {
          const err22 = { instancePath: instancePath + "/stopped", schemaPath: "#/properties/stopped/required", keyword: "required", params: { missingProperty: "code" }, message: "must have required property 'code'" };
          if (vErrors === null) {
            vErrors = [err22];
          } else {
            vErrors.push(err22);
          }
          errors++;
        }
        if (data13.message === void 0) {
          const err23 = { instancePath: instancePath + "/stopped", schemaPath: "#/properties/stopped/required", keyword: "required", params: { missingProperty: "message" }, message: "must have required property 'message'" };
          if (vErrors === null) {
            vErrors = [err23];
          } else {
            vErrors.push(err23);
          }
          errors++;
        }
        for (const key3 in data13) {
          if (!(key3 === "code" || key3 === "commit" || key3 === "path" || key3 === "message" || key3 === "head")) {
            const err24 = { instancePath: instancePath + "/stopped", schemaPath: "#/properties/stopped/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err24];
            } else {
              vErrors.push(err24);
            }
            errors++;
          }
        }
        if (data13.code !== void 0) {
          if (typeof data13.code !== "string") {
            const err25 = { instancePath: instancePath + "/stopped/code", schemaPath: "#/properties/stopped/properties/code/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err25];
            } else {
              vErrors.push(err25);
            }
            errors++;
          }
        }
        if (data13.commit !== void 0) {
          if (!validate35(data13.commit, { instancePath: instancePath + "/stopped/commit", parentData: data13, parentDataProperty: "commit", rootData })) {
            vErrors = vErrors === null ? validate35.errors : vErrors.concat(validate35.errors);
            errors = vErrors.length;
          }
        }
        if (data13.path !== void 0) {
          if (typeof data13.path !== "string") {
            const err26 = { instancePath: instancePath + "/stopped/path", schemaPath: "#/properties/stopped/properties/path/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err26];
            } else {
              vErrors.push(err26);
            }
            errors++;
          }
        }
        if (data13.message !== void 0) {
          if (typeof data13.message !== "string") {
            const err27 = { instancePath: instancePath + "/stopped/message", schemaPath: "#/properties/stopped/properties/message/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err27];
            } else {
              vErrors.push(err27);
            }
            errors++;
          }
        }
        if (data13.head !== void 0) {
          if (!validate35(data13.head, { instancePath: instancePath + "/stopped/head", parentData: data13, parentDataProperty: "head", rootData })) {
            vErrors = vErrors === null ? validate35.errors : vErrors.concat(validate35.errors);
            errors = vErrors.length;
          }
        }
      } else {
        const err28 = { instancePath: instancePath + "/stopped", schemaPath: "#/properties/stopped/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err28];
        } else {
          vErrors.push(err28);
        }
        errors++;
      }
    }
    if (data.followed !== void 0) {
      if (!validate35(data.followed, { instancePath: instancePath + "/followed", parentData: data, parentDataProperty: "followed", rootData })) {
        vErrors = vErrors === null ? validate35.errors : vErrors.concat(validate35.errors);
        errors = vErrors.length;
      }
    }
    if (data.outcome !== void 0) {
      let data20 = data.outcome;
      if (typeof data20 !== "string") {
        const err29 = { instancePath: instancePath + "/outcome", schemaPath: "#/properties/outcome/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err29];
        } else {
          vErrors.push(err29);
        }
        errors++;
      }
      if (!(data20 === "unchanged" || data20 === "applied" || data20 === "progressing" || data20 === "rolled-back" || data20 === "degraded" || data20 === "failed" || data20 === "paused" || data20 === "waiting" || data20 === "stale" || data20 === "retired")) {
        const err30 = { instancePath: instancePath + "/outcome", schemaPath: "#/properties/outcome/enum", keyword: "enum", params: { allowedValues: schema83.properties.outcome.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err30];
        } else {
          vErrors.push(err30);
        }
        errors++;
      }
    }
    if (data.retired !== void 0) {
      let data21 = data.retired;
      if (typeof data21 !== "string") {
        const err31 = { instancePath: instancePath + "/retired", schemaPath: "#/properties/retired/type", keyword: "type", params: { type: "string" }, message: "must be string" };
        if (vErrors === null) {
          vErrors = [err31];
        } else {
          vErrors.push(err31);
        }
        errors++;
      }
      if (!(data21 === "stop" || data21 === "remove" || data21 === "remove-with-volumes")) {
        const err32 = { instancePath: instancePath + "/retired", schemaPath: "#/properties/retired/enum", keyword: "enum", params: { allowedValues: schema83.properties.retired.enum }, message: "must be equal to one of the allowed values" };
        if (vErrors === null) {
          vErrors = [err32];
        } else {
          vErrors.push(err32);
        }
        errors++;
      }
    }
    if (data.applied !== void 0) {
      if (!validate35(data.applied, { instancePath: instancePath + "/applied", parentData: data, parentDataProperty: "applied", rootData })) {
        vErrors = vErrors === null ? validate35.errors : vErrors.concat(validate35.errors);
        errors = vErrors.length;
      }
    }
    if (data.conditions !== void 0) {
      let data23 = data.conditions;
      if (Array.isArray(data23)) {
        const len0 = data23.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data24 = data23[i0];
          if (data24 && typeof data24 == "object" && !Array.isArray(data24)) {
            if (data24.type === void 0) {
              const err33 = { instancePath: instancePath + "/conditions/" + i0, schemaPath: "#/properties/conditions/items/required", keyword: "required", params: { missingProperty: "type" }, message: "must have required property 'type'" };
              if (vErrors === null) {
                vErrors = [err33];
              } else {
                vErrors.push(err33);
              }
              errors++;
            }
            if (data24.status === void 0) {
              const err34 = { instancePath: instancePath + "/conditions/" + i0, schemaPath: "#/properties/conditions/items/required", keyword: "required", params: { missingProperty: "status" }, message: "must have required property 'status'" };
              if (vErrors === null) {
                vErrors = [err34];
              } else {
                vErrors.push(err34);
              }
              errors++;
            }
            if (data24.reason === void 0) {
              const err35 = { instancePath: instancePath + "/conditions/" + i0, schemaPath: "#/properties/conditions/items/required", keyword: "required", params: { missingProperty: "reason" }, message: "must have required property 'reason'" };
              if (vErrors === null) {
                vErrors = [err35];
              } else {
                vErrors.push(err35);
              }
              errors++;
            }
            if (data24.message === void 0) {
              const err36 = { instancePath: instancePath + "/conditions/" + i0, schemaPath: "#/properties/conditions/items/required", keyword: "required", params: { missingProperty: "message" }, message: "must have required property 'message'" };
              if (vErrors === null) {
                vErrors = [err36];
              } else {
                vErrors.push(err36);
              }
              errors++;
            }
            for (const key4 in data24) {
              if (!(key4 === "type" || key4 === "status" || key4 === "reason" || key4 === "message" || key4 === "since")) {
                const err37 = { instancePath: instancePath + "/conditions/" + i0, schemaPath: "#/properties/conditions/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key4 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err37];
                } else {
                  vErrors.push(err37);
                }
                errors++;
              }
            }
            if (data24.type !== void 0) {
              if (typeof data24.type !== "string") {
                const err38 = { instancePath: instancePath + "/conditions/" + i0 + "/type", schemaPath: "#/properties/conditions/items/properties/type/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err38];
                } else {
                  vErrors.push(err38);
                }
                errors++;
              }
            }
            if (data24.status !== void 0) {
              if (typeof data24.status !== "boolean") {
                const err39 = { instancePath: instancePath + "/conditions/" + i0 + "/status", schemaPath: "#/properties/conditions/items/properties/status/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" };
                if (vErrors === null) {
                  vErrors = [err39];
                } else {
                  vErrors.push(err39);
                }
                errors++;
              }
            }
            if (data24.reason !== void 0) {
              if (typeof data24.reason !== "string") {
                const err40 = { instancePath: instancePath + "/conditions/" + i0 + "/reason", schemaPath: "#/properties/conditions/items/properties/reason/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err40];
                } else {
                  vErrors.push(err40);
                }
                errors++;
              }
            }
            if (data24.message !== void 0) {
              if (typeof data24.message !== "string") {
                const err41 = { instancePath: instancePath + "/conditions/" + i0 + "/message", schemaPath: "#/properties/conditions/items/properties/message/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err41];
                } else {
                  vErrors.push(err41);
                }
                errors++;
              }
            }
            if (data24.since !== void 0) {
              if (!validate64(data24.since, { instancePath: instancePath + "/conditions/" + i0 + "/since", parentData: data24, parentDataProperty: "since", rootData })) {
                vErrors = vErrors === null ? validate64.errors : vErrors.concat(validate64.errors);
                errors = vErrors.length;
              }
            }
          } else {
            const err42 = { instancePath: instancePath + "/conditions/" + i0, schemaPath: "#/properties/conditions/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err42];
            } else {
              vErrors.push(err42);
            }
            errors++;
          }
        }
      } else {
        const err43 = { instancePath: instancePath + "/conditions", schemaPath: "#/properties/conditions/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err43];
        } else {
          vErrors.push(err43);
        }
        errors++;
      }
    }
    if (data.projects !== void 0) {
      let data30 = data.projects;
      if (Array.isArray(data30)) {
        const len1 = data30.length;
        for (let i1 = 0; i1 < len1; i1++) {
          let data31 = data30[i1];
          if (data31 && typeof data31 == "object" && !Array.isArray(data31)) {
            if (data31.app === void 0) {
              const err44 = { instancePath: instancePath + "/projects/" + i1, schemaPath: "#/properties/projects/items/required", keyword: "required", params: { missingProperty: "app" }, message: "must have required property 'app'" };
              if (vErrors === null) {
                vErrors = [err44];
              } else {
                vErrors.push(err44);
              }
              errors++;
            }
            if (data31.project === void 0) {
              const err45 = { instancePath: instancePath + "/projects/" + i1, schemaPath: "#/properties/projects/items/required", keyword: "required", params: { missingProperty: "project" }, message: "must have required property 'project'" };
              if (vErrors === null) {
                vErrors = [err45];
              } else {
                vErrors.push(err45);
              }
              errors++;
            }
            if (data31.state === void 0) {
              const err46 = { instancePath: instancePath + "/projects/" + i1, schemaPath: "#/properties/projects/items/required", keyword: "required", params: { missingProperty: "state" }, message: "must have required property 'state'" };
              if (vErrors === null) {
                vErrors = [err46];
              } else {
                vErrors.push(err46);
              }
              errors++;
            }
            if (data31.services === void 0) {
              const err47 = { instancePath: instancePath + "/projects/" + i1, schemaPath: "#/properties/projects/items/required", keyword: "required", params: { missingProperty: "services" }, message: "must have required property 'services'" };
              if (vErrors === null) {
                vErrors = [err47];
              } else {
                vErrors.push(err47);
              }
              errors++;
            }
            for (const key5 in data31) {
              if (!func2.call(schema83.properties.projects.items.properties, key5)) {
                const err48 = { instancePath: instancePath + "/projects/" + i1, schemaPath: "#/properties/projects/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key5 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err48];
                } else {
                  vErrors.push(err48);
                }
                errors++;
              }
            }
            if (data31.app !== void 0) {
              if (!validate24(data31.app, { instancePath: instancePath + "/projects/" + i1 + "/app", parentData: data31, parentDataProperty: "app", rootData })) {
                vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
                errors = vErrors.length;
              }
            }
            if (data31.project !== void 0) {
              if (typeof data31.project !== "string") {
                const err49 = { instancePath: instancePath + "/projects/" + i1 + "/project", schemaPath: "#/properties/projects/items/properties/project/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err49];
                } else {
                  vErrors.push(err49);
                }
                errors++;
              }
            }
            if (data31.release !== void 0) {
              if (!validate70(data31.release, { instancePath: instancePath + "/projects/" + i1 + "/release", parentData: data31, parentDataProperty: "release", rootData })) {
                vErrors = vErrors === null ? validate70.errors : vErrors.concat(validate70.errors);
                errors = vErrors.length;
              }
            }
            if (data31.digest !== void 0) {
              if (typeof data31.digest !== "string") {
                const err50 = { instancePath: instancePath + "/projects/" + i1 + "/digest", schemaPath: "#/properties/projects/items/properties/digest/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err50];
                } else {
                  vErrors.push(err50);
                }
                errors++;
              }
            }
            if (data31.state !== void 0) {
              let data36 = data31.state;
              if (typeof data36 !== "string") {
                const err51 = { instancePath: instancePath + "/projects/" + i1 + "/state", schemaPath: "#/properties/projects/items/properties/state/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err51];
                } else {
                  vErrors.push(err51);
                }
                errors++;
              }
              if (!(data36 === "healthy" || data36 === "progressing" || data36 === "degraded" || data36 === "rolled-back" || data36 === "failed" || data36 === "paused" || data36 === "waiting" || data36 === "removed" || data36 === "stopped" || data36 === "unknown")) {
                const err52 = { instancePath: instancePath + "/projects/" + i1 + "/state", schemaPath: "#/properties/projects/items/properties/state/enum", keyword: "enum", params: { allowedValues: schema83.properties.projects.items.properties.state.enum }, message: "must be equal to one of the allowed values" };
                if (vErrors === null) {
                  vErrors = [err52];
                } else {
                  vErrors.push(err52);
                }
                errors++;
              }
            }
            if (data31.message !== void 0) {
              if (typeof data31.message !== "string") {
                const err53 = { instancePath: instancePath + "/projects/" + i1 + "/message", schemaPath: "#/properties/projects/items/properties/message/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err53];
                } else {
                  vErrors.push(err53);
                }
                errors++;
              }
            }
            if (data31.since !== void 0) {
              if (!validate64(data31.since, { instancePath: instancePath + "/projects/" + i1 + "/since", parentData: data31, parentDataProperty: "since", rootData })) {
                vErrors = vErrors === null ? validate64.errors : vErrors.concat(validate64.errors);
                errors = vErrors.length;
              }
            }
            if (data31.wanted !== void 0) {
              let data39 = data31.wanted;
              if (data39 && typeof data39 == "object" && !Array.isArray(data39)) {
                if (data39.digest === void 0) {
                  const err54 = { instancePath: instancePath + "/projects/" + i1 + "/wanted", schemaPath: "#/properties/projects/items/properties/wanted/required", keyword: "required", params: { missingProperty: "digest" }, message: "must have required property 'digest'" };
                  if (vErrors === null) {
                    vErrors = [err54];
                  } else {
                    vErrors.push(err54);
                  }
                  errors++;
                }
                for (const key6 in data39) {
                  if (!(key6 === "release" || key6 === "digest")) {
                    const err55 = { instancePath: instancePath + "/projects/" + i1 + "/wanted", schemaPath: "#/properties/projects/items/properties/wanted/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key6 }, message: "must NOT have additional properties" };
                    if (vErrors === null) {
                      vErrors = [err55];
                    } else {
                      vErrors.push(err55);
                    }
                    errors++;
                  }
                }
                if (data39.release !== void 0) {
                  if (!validate70(data39.release, { instancePath: instancePath + "/projects/" + i1 + "/wanted/release", parentData: data39, parentDataProperty: "release", rootData })) {
                    vErrors = vErrors === null ? validate70.errors : vErrors.concat(validate70.errors);
                    errors = vErrors.length;
                  }
                }
                if (data39.digest !== void 0) {
                  if (typeof data39.digest !== "string") {
                    const err56 = { instancePath: instancePath + "/projects/" + i1 + "/wanted/digest", schemaPath: "#/properties/projects/items/properties/wanted/properties/digest/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err56];
                    } else {
                      vErrors.push(err56);
                    }
                    errors++;
                  }
                }
              } else {
                const err57 = { instancePath: instancePath + "/projects/" + i1 + "/wanted", schemaPath: "#/properties/projects/items/properties/wanted/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                if (vErrors === null) {
                  vErrors = [err57];
                } else {
                  vErrors.push(err57);
                }
                errors++;
              }
            }
            if (data31.next !== void 0) {
              let data42 = data31.next;
              if (data42 && typeof data42 == "object" && !Array.isArray(data42)) {
                if (data42.state === void 0) {
                  const err58 = { instancePath: instancePath + "/projects/" + i1 + "/next", schemaPath: "#/properties/projects/items/properties/next/required", keyword: "required", params: { missingProperty: "state" }, message: "must have required property 'state'" };
                  if (vErrors === null) {
                    vErrors = [err58];
                  } else {
                    vErrors.push(err58);
                  }
                  errors++;
                }
                if (data42.since === void 0) {
                  const err59 = { instancePath: instancePath + "/projects/" + i1 + "/next", schemaPath: "#/properties/projects/items/properties/next/required", keyword: "required", params: { missingProperty: "since" }, message: "must have required property 'since'" };
                  if (vErrors === null) {
                    vErrors = [err59];
                  } else {
                    vErrors.push(err59);
                  }
                  errors++;
                }
                for (const key7 in data42) {
                  if (!(key7 === "release" || key7 === "state" || key7 === "since" || key7 === "bytes" || key7 === "totalBytes" || key7 === "message")) {
                    const err60 = { instancePath: instancePath + "/projects/" + i1 + "/next", schemaPath: "#/properties/projects/items/properties/next/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key7 }, message: "must NOT have additional properties" };
                    if (vErrors === null) {
                      vErrors = [err60];
                    } else {
                      vErrors.push(err60);
                    }
                    errors++;
                  }
                }
                if (data42.release !== void 0) {
                  if (!validate70(data42.release, { instancePath: instancePath + "/projects/" + i1 + "/next/release", parentData: data42, parentDataProperty: "release", rootData })) {
                    vErrors = vErrors === null ? validate70.errors : vErrors.concat(validate70.errors);
                    errors = vErrors.length;
                  }
                }
                if (data42.state !== void 0) {
                  let data44 = data42.state;
                  if (typeof data44 !== "string") {
                    const err61 = { instancePath: instancePath + "/projects/" + i1 + "/next/state", schemaPath: "#/properties/projects/items/properties/next/properties/state/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err61];
                    } else {
                      vErrors.push(err61);
                    }
                    errors++;
                  }
                  if (!(data44 === "waiting" || data44 === "downloading" || data44 === "there" || data44 === "refused")) {
                    const err62 = { instancePath: instancePath + "/projects/" + i1 + "/next/state", schemaPath: "#/properties/projects/items/properties/next/properties/state/enum", keyword: "enum", params: { allowedValues: schema83.properties.projects.items.properties.next.properties.state.enum }, message: "must be equal to one of the allowed values" };
                    if (vErrors === null) {
                      vErrors = [err62];
                    } else {
                      vErrors.push(err62);
                    }
                    errors++;
                  }
                }
                if (data42.since !== void 0) {
                  if (!validate64(data42.since, { instancePath: instancePath + "/projects/" + i1 + "/next/since", parentData: data42, parentDataProperty: "since", rootData })) {
                    vErrors = vErrors === null ? validate64.errors : vErrors.concat(validate64.errors);
                    errors = vErrors.length;
                  }
                }
                if (data42.bytes !== void 0) {
                  let data46 = data42.bytes;
                  if (!(typeof data46 == "number" && (!(data46 % 1) && !isNaN(data46)) && isFinite(data46))) {
                    const err63 = { instancePath: instancePath + "/projects/" + i1 + "/next/bytes", schemaPath: "#/properties/projects/items/properties/next/properties/bytes/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                    if (vErrors === null) {
                      vErrors = [err63];
                    } else {
                      vErrors.push(err63);
                    }
                    errors++;
                  }
                  if (typeof data46 == "number" && isFinite(data46)) {
                    if (data46 < 0 || isNaN(data46)) {
                      const err64 = { instancePath: instancePath + "/projects/" + i1 + "/next/bytes", schemaPath: "#/properties/projects/items/properties/next/properties/bytes/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                      if (vErrors === null) {
                        vErrors = [err64];
                      } else {
                        vErrors.push(err64);
                      }
                      errors++;
                    }
                  }
                }
                if (data42.totalBytes !== void 0) {
                  let data47 = data42.totalBytes;
                  if (!(typeof data47 == "number" && (!(data47 % 1) && !isNaN(data47)) && isFinite(data47))) {
                    const err65 = { instancePath: instancePath + "/projects/" + i1 + "/next/totalBytes", schemaPath: "#/properties/projects/items/properties/next/properties/totalBytes/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                    if (vErrors === null) {
                      vErrors = [err65];
                    } else {
                      vErrors.push(err65);
                    }
                    errors++;
                  }
                  if (typeof data47 == "number" && isFinite(data47)) {
                    if (data47 < 0 || isNaN(data47)) {
                      const err66 = { instancePath: instancePath + "/projects/" + i1 + "/next/totalBytes", schemaPath: "#/properties/projects/items/properties/next/properties/totalBytes/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
                      if (vErrors === null) {
                        vErrors = [err66];
                      } else {
                        vErrors.push(err66);
                      }
                      errors++;
                    }
                  }
                }
                if (data42.message !== void 0) {
                  if (typeof data42.message !== "string") {
                    const err67 = { instancePath: instancePath + "/projects/" + i1 + "/next/message", schemaPath: "#/properties/projects/items/properties/next/properties/message/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                    if (vErrors === null) {
                      vErrors = [err67];
                    } else {
                      vErrors.push(err67);
                    }
                    errors++;
                  }
                }
              } else {
                const err68 = { instancePath: instancePath + "/projects/" + i1 + "/next", schemaPath: "#/properties/projects/items/properties/next/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                if (vErrors === null) {
                  vErrors = [err68];
                } else {
                  vErrors.push(err68);
                }
                errors++;
              }
            }
            if (data31.setAside !== void 0) {
              if (typeof data31.setAside !== "string") {
                const err69 = { instancePath: instancePath + "/projects/" + i1 + "/setAside", schemaPath: "#/properties/projects/items/properties/setAside/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err69];
                } else {
                  vErrors.push(err69);
                }
                errors++;
              }
            }
            if (data31.lastWords !== void 0) {
              let data50 = data31.lastWords;
              if (typeof data50 === "string") {
                if (func3(data50) > 200) {
                  const err70 = { instancePath: instancePath + "/projects/" + i1 + "/lastWords", schemaPath: "#/properties/projects/items/properties/lastWords/maxLength", keyword: "maxLength", params: { limit: 200 }, message: "must NOT have more than 200 characters" };
                  if (vErrors === null) {
                    vErrors = [err70];
                  } else {
                    vErrors.push(err70);
                  }
                  errors++;
                }
              } else {
                const err71 = { instancePath: instancePath + "/projects/" + i1 + "/lastWords", schemaPath: "#/properties/projects/items/properties/lastWords/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err71];
                } else {
                  vErrors.push(err71);
                }
                errors++;
              }
            }
            if (data31.services !== void 0) {
              let data51 = data31.services;
              if (Array.isArray(data51)) {
                const len2 = data51.length;
                for (let i2 = 0; i2 < len2; i2++) {
                  let data52 = data51[i2];
                  if (data52 && typeof data52 == "object" && !Array.isArray(data52)) {
                    if (data52.name === void 0) {
                      const err72 = { instancePath: instancePath + "/projects/" + i1 + "/services/" + i2, schemaPath: "#/properties/projects/items/properties/services/items/required", keyword: "required", params: { missingProperty: "name" }, message: "must have required property 'name'" };
                      if (vErrors === null) {
                        vErrors = [err72];
                      } else {
                        vErrors.push(err72);
                      }
                      errors++;
                    }
                    if (data52.state === void 0) {
                      const err73 = { instancePath: instancePath + "/projects/" + i1 + "/services/" + i2, schemaPath: "#/properties/projects/items/properties/services/items/required", keyword: "required", params: { missingProperty: "state" }, message: "must have required property 'state'" };
                      if (vErrors === null) {
                        vErrors = [err73];
                      } else {
                        vErrors.push(err73);
                      }
                      errors++;
                    }
                    for (const key8 in data52) {
                      if (!(key8 === "name" || key8 === "image" || key8 === "state" || key8 === "health" || key8 === "restarts" || key8 === "exitCode")) {
                        const err74 = { instancePath: instancePath + "/projects/" + i1 + "/services/" + i2, schemaPath: "#/properties/projects/items/properties/services/items/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key8 }, message: "must NOT have additional properties" };
                        if (vErrors === null) {
                          vErrors = [err74];
                        } else {
                          vErrors.push(err74);
                        }
                        errors++;
                      }
                    }
                    if (data52.name !== void 0) {
                      if (typeof data52.name !== "string") {
                        const err75 = { instancePath: instancePath + "/projects/" + i1 + "/services/" + i2 + "/name", schemaPath: "#/properties/projects/items/properties/services/items/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                        if (vErrors === null) {
                          vErrors = [err75];
                        } else {
                          vErrors.push(err75);
                        }
                        errors++;
                      }
                    }
                    if (data52.image !== void 0) {
                      if (typeof data52.image !== "string") {
                        const err76 = { instancePath: instancePath + "/projects/" + i1 + "/services/" + i2 + "/image", schemaPath: "#/properties/projects/items/properties/services/items/properties/image/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                        if (vErrors === null) {
                          vErrors = [err76];
                        } else {
                          vErrors.push(err76);
                        }
                        errors++;
                      }
                    }
                    if (data52.state !== void 0) {
                      if (typeof data52.state !== "string") {
                        const err77 = { instancePath: instancePath + "/projects/" + i1 + "/services/" + i2 + "/state", schemaPath: "#/properties/projects/items/properties/services/items/properties/state/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                        if (vErrors === null) {
                          vErrors = [err77];
                        } else {
                          vErrors.push(err77);
                        }
                        errors++;
                      }
                    }
                    if (data52.health !== void 0) {
                      if (typeof data52.health !== "string") {
                        const err78 = { instancePath: instancePath + "/projects/" + i1 + "/services/" + i2 + "/health", schemaPath: "#/properties/projects/items/properties/services/items/properties/health/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                        if (vErrors === null) {
                          vErrors = [err78];
                        } else {
                          vErrors.push(err78);
                        }
                        errors++;
                      }
                    }
                    if (data52.restarts !== void 0) {
                      let data57 = data52.restarts;
                      if (!(typeof data57 == "number" && (!(data57 % 1) && !isNaN(data57)) && isFinite(data57))) {
                        const err79 = { instancePath: instancePath + "/projects/" + i1 + "/services/" + i2 + "/restarts", schemaPath: "#/properties/projects/items/properties/services/items/properties/restarts/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                        if (vErrors === null) {
                          vErrors = [err79];
                        } else {
                          vErrors.push(err79);
                        }
                        errors++;
                      }
                    }
                    if (data52.exitCode !== void 0) {
                      let data58 = data52.exitCode;
                      if (!(typeof data58 == "number" && (!(data58 % 1) && !isNaN(data58)) && isFinite(data58))) {
                        const err80 = { instancePath: instancePath + "/projects/" + i1 + "/services/" + i2 + "/exitCode", schemaPath: "#/properties/projects/items/properties/services/items/properties/exitCode/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                        if (vErrors === null) {
                          vErrors = [err80];
                        } else {
                          vErrors.push(err80);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err81 = { instancePath: instancePath + "/projects/" + i1 + "/services/" + i2, schemaPath: "#/properties/projects/items/properties/services/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
                    if (vErrors === null) {
                      vErrors = [err81];
                    } else {
                      vErrors.push(err81);
                    }
                    errors++;
                  }
                }
              } else {
                const err82 = { instancePath: instancePath + "/projects/" + i1 + "/services", schemaPath: "#/properties/projects/items/properties/services/type", keyword: "type", params: { type: "array" }, message: "must be array" };
                if (vErrors === null) {
                  vErrors = [err82];
                } else {
                  vErrors.push(err82);
                }
                errors++;
              }
            }
          } else {
            const err83 = { instancePath: instancePath + "/projects/" + i1, schemaPath: "#/properties/projects/items/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err83];
            } else {
              vErrors.push(err83);
            }
            errors++;
          }
        }
      } else {
        const err84 = { instancePath: instancePath + "/projects", schemaPath: "#/properties/projects/type", keyword: "type", params: { type: "array" }, message: "must be array" };
        if (vErrors === null) {
          vErrors = [err84];
        } else {
          vErrors.push(err84);
        }
        errors++;
      }
    }
    if (data.recordings !== void 0) {
      let data59 = data.recordings;
      if (data59 && typeof data59 == "object" && !Array.isArray(data59)) {
        if (data59.count === void 0) {
          const err85 = { instancePath: instancePath + "/recordings", schemaPath: "#/properties/recordings/required", keyword: "required", params: { missingProperty: "count" }, message: "must have required property 'count'" };
          if (vErrors === null) {
            vErrors = [err85];
          } else {
            vErrors.push(err85);
          }
          errors++;
        }
        if (data59.head === void 0) {
          const err86 = { instancePath: instancePath + "/recordings", schemaPath: "#/properties/recordings/required", keyword: "required", params: { missingProperty: "head" }, message: "must have required property 'head'" };
          if (vErrors === null) {
            vErrors = [err86];
          } else {
            vErrors.push(err86);
          }
          errors++;
        }
        for (const key9 in data59) {
          if (!(key9 === "count" || key9 === "head" || key9 === "waiting")) {
            const err87 = { instancePath: instancePath + "/recordings", schemaPath: "#/properties/recordings/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key9 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err87];
            } else {
              vErrors.push(err87);
            }
            errors++;
          }
        }
        if (data59.count !== void 0) {
          let data60 = data59.count;
          if (!(typeof data60 == "number" && (!(data60 % 1) && !isNaN(data60)) && isFinite(data60))) {
            const err88 = { instancePath: instancePath + "/recordings/count", schemaPath: "#/properties/recordings/properties/count/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err88];
            } else {
              vErrors.push(err88);
            }
            errors++;
          }
          if (typeof data60 == "number" && isFinite(data60)) {
            if (data60 < 1 || isNaN(data60)) {
              const err89 = { instancePath: instancePath + "/recordings/count", schemaPath: "#/properties/recordings/properties/count/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" };
              if (vErrors === null) {
                vErrors = [err89];
              } else {
                vErrors.push(err89);
              }
              errors++;
            }
          }
        }
        if (data59.head !== void 0) {
          let data61 = data59.head;
          if (typeof data61 === "string") {
            if (!pattern84.test(data61)) {
              const err90 = { instancePath: instancePath + "/recordings/head", schemaPath: "#/properties/recordings/properties/head/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{64}$" }, message: 'must match pattern "^[0-9a-f]{64}$"' };
              if (vErrors === null) {
                vErrors = [err90];
              } else {
                vErrors.push(err90);
              }
              errors++;
            }
          } else {
            const err91 = { instancePath: instancePath + "/recordings/head", schemaPath: "#/properties/recordings/properties/head/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err91];
            } else {
              vErrors.push(err91);
            }
            errors++;
          }
        }
        if (data59.waiting !== void 0) {
          let data62 = data59.waiting;
          if (!(typeof data62 == "number" && (!(data62 % 1) && !isNaN(data62)) && isFinite(data62))) {
            const err92 = { instancePath: instancePath + "/recordings/waiting", schemaPath: "#/properties/recordings/properties/waiting/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err92];
            } else {
              vErrors.push(err92);
            }
            errors++;
          }
          if (typeof data62 == "number" && isFinite(data62)) {
            if (data62 < 0 || isNaN(data62)) {
              const err93 = { instancePath: instancePath + "/recordings/waiting", schemaPath: "#/properties/recordings/properties/waiting/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
              if (vErrors === null) {
                vErrors = [err93];
              } else {
                vErrors.push(err93);
              }
              errors++;
            }
          }
        }
      } else {
        const err94 = { instancePath: instancePath + "/recordings", schemaPath: "#/properties/recordings/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err94];
        } else {
          vErrors.push(err94);
        }
        errors++;
      }
    }
    if (data.tunnel !== void 0) {
      let data63 = data.tunnel;
      if (data63 && typeof data63 == "object" && !Array.isArray(data63)) {
        if (data63.state === void 0) {
          const err95 = { instancePath: instancePath + "/tunnel", schemaPath: "#/properties/tunnel/required", keyword: "required", params: { missingProperty: "state" }, message: "must have required property 'state'" };
          if (vErrors === null) {
            vErrors = [err95];
          } else {
            vErrors.push(err95);
          }
          errors++;
        }
        for (const key10 in data63) {
          if (!(key10 === "state" || key10 === "until" || key10 === "reason" || key10 === "targets" || key10 === "leftRunning")) {
            const err96 = { instancePath: instancePath + "/tunnel", schemaPath: "#/properties/tunnel/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key10 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err96];
            } else {
              vErrors.push(err96);
            }
            errors++;
          }
        }
        if (data63.state !== void 0) {
          let data64 = data63.state;
          if (typeof data64 !== "string") {
            const err97 = { instancePath: instancePath + "/tunnel/state", schemaPath: "#/properties/tunnel/properties/state/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err97];
            } else {
              vErrors.push(err97);
            }
            errors++;
          }
          if (!(data64 === "open" || data64 === "closed" || data64 === "connecting")) {
            const err98 = { instancePath: instancePath + "/tunnel/state", schemaPath: "#/properties/tunnel/properties/state/enum", keyword: "enum", params: { allowedValues: schema83.properties.tunnel.properties.state.enum }, message: "must be equal to one of the allowed values" };
            if (vErrors === null) {
              vErrors = [err98];
            } else {
              vErrors.push(err98);
            }
            errors++;
          }
        }
        if (data63.until !== void 0) {
          if (!validate64(data63.until, { instancePath: instancePath + "/tunnel/until", parentData: data63, parentDataProperty: "until", rootData })) {
            vErrors = vErrors === null ? validate64.errors : vErrors.concat(validate64.errors);
            errors = vErrors.length;
          }
        }
        if (data63.reason !== void 0) {
          if (typeof data63.reason !== "string") {
            const err99 = { instancePath: instancePath + "/tunnel/reason", schemaPath: "#/properties/tunnel/properties/reason/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err99];
            } else {
              vErrors.push(err99);
            }
            errors++;
          }
        }
        if (data63.targets !== void 0) {
          let data67 = data63.targets;
          if (Array.isArray(data67)) {
            const len3 = data67.length;
            for (let i3 = 0; i3 < len3; i3++) {
              if (typeof data67[i3] !== "string") {
                const err100 = { instancePath: instancePath + "/tunnel/targets/" + i3, schemaPath: "#/properties/tunnel/properties/targets/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err100];
                } else {
                  vErrors.push(err100);
                }
                errors++;
              }
            }
          } else {
            const err101 = { instancePath: instancePath + "/tunnel/targets", schemaPath: "#/properties/tunnel/properties/targets/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err101];
            } else {
              vErrors.push(err101);
            }
            errors++;
          }
        }
        if (data63.leftRunning !== void 0) {
          let data69 = data63.leftRunning;
          if (Array.isArray(data69)) {
            if (data69.length > 20) {
              const err102 = { instancePath: instancePath + "/tunnel/leftRunning", schemaPath: "#/properties/tunnel/properties/leftRunning/maxItems", keyword: "maxItems", params: { limit: 20 }, message: "must NOT have more than 20 items" };
              if (vErrors === null) {
                vErrors = [err102];
              } else {
                vErrors.push(err102);
              }
              errors++;
            }
            const len4 = data69.length;
            for (let i4 = 0; i4 < len4; i4++) {
              let data70 = data69[i4];
              if (typeof data70 === "string") {
                if (func3(data70) > 300) {
                  const err103 = { instancePath: instancePath + "/tunnel/leftRunning/" + i4, schemaPath: "#/properties/tunnel/properties/leftRunning/items/maxLength", keyword: "maxLength", params: { limit: 300 }, message: "must NOT have more than 300 characters" };
                  if (vErrors === null) {
                    vErrors = [err103];
                  } else {
                    vErrors.push(err103);
                  }
                  errors++;
                }
              } else {
                const err104 = { instancePath: instancePath + "/tunnel/leftRunning/" + i4, schemaPath: "#/properties/tunnel/properties/leftRunning/items/type", keyword: "type", params: { type: "string" }, message: "must be string" };
                if (vErrors === null) {
                  vErrors = [err104];
                } else {
                  vErrors.push(err104);
                }
                errors++;
              }
            }
          } else {
            const err105 = { instancePath: instancePath + "/tunnel/leftRunning", schemaPath: "#/properties/tunnel/properties/leftRunning/type", keyword: "type", params: { type: "array" }, message: "must be array" };
            if (vErrors === null) {
              vErrors = [err105];
            } else {
              vErrors.push(err105);
            }
            errors++;
          }
        }
      } else {
        const err106 = { instancePath: instancePath + "/tunnel", schemaPath: "#/properties/tunnel/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err106];
        } else {
          vErrors.push(err106);
        }
        errors++;
      }
    }
    if (data.lost !== void 0) {
      let data71 = data.lost;
      if (data71 && typeof data71 == "object" && !Array.isArray(data71)) {
        for (const key11 in data71) {
          if (!(key11 === "logLines" || key11 === "logBytes" || key11 === "records" || key11 === "damaged")) {
            const err107 = { instancePath: instancePath + "/lost", schemaPath: "#/properties/lost/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key11 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err107];
            } else {
              vErrors.push(err107);
            }
            errors++;
          }
        }
        if (data71.logLines !== void 0) {
          let data72 = data71.logLines;
          if (!(typeof data72 == "number" && (!(data72 % 1) && !isNaN(data72)) && isFinite(data72))) {
            const err108 = { instancePath: instancePath + "/lost/logLines", schemaPath: "#/properties/lost/properties/logLines/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err108];
            } else {
              vErrors.push(err108);
            }
            errors++;
          }
        }
        if (data71.logBytes !== void 0) {
          let data73 = data71.logBytes;
          if (!(typeof data73 == "number" && (!(data73 % 1) && !isNaN(data73)) && isFinite(data73))) {
            const err109 = { instancePath: instancePath + "/lost/logBytes", schemaPath: "#/properties/lost/properties/logBytes/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err109];
            } else {
              vErrors.push(err109);
            }
            errors++;
          }
        }
        if (data71.records !== void 0) {
          let data74 = data71.records;
          if (data74 && typeof data74 == "object" && !Array.isArray(data74)) {
            for (const key12 in data74) {
              if (!(key12 === "debug" || key12 === "metric" || key12 === "log" || key12 === "error" || key12 === "event")) {
                const err110 = { instancePath: instancePath + "/lost/records", schemaPath: "#/properties/lost/properties/records/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key12 }, message: "must NOT have additional properties" };
                if (vErrors === null) {
                  vErrors = [err110];
                } else {
                  vErrors.push(err110);
                }
                errors++;
              }
            }
            if (data74.debug !== void 0) {
              let data75 = data74.debug;
              if (!(typeof data75 == "number" && (!(data75 % 1) && !isNaN(data75)) && isFinite(data75))) {
                const err111 = { instancePath: instancePath + "/lost/records/debug", schemaPath: "#/properties/lost/properties/records/properties/debug/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err111];
                } else {
                  vErrors.push(err111);
                }
                errors++;
              }
            }
            if (data74.metric !== void 0) {
              let data76 = data74.metric;
              if (!(typeof data76 == "number" && (!(data76 % 1) && !isNaN(data76)) && isFinite(data76))) {
                const err112 = { instancePath: instancePath + "/lost/records/metric", schemaPath: "#/properties/lost/properties/records/properties/metric/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err112];
                } else {
                  vErrors.push(err112);
                }
                errors++;
              }
            }
            if (data74.log !== void 0) {
              let data77 = data74.log;
              if (!(typeof data77 == "number" && (!(data77 % 1) && !isNaN(data77)) && isFinite(data77))) {
                const err113 = { instancePath: instancePath + "/lost/records/log", schemaPath: "#/properties/lost/properties/records/properties/log/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err113];
                } else {
                  vErrors.push(err113);
                }
                errors++;
              }
            }
            if (data74.error !== void 0) {
              let data78 = data74.error;
              if (!(typeof data78 == "number" && (!(data78 % 1) && !isNaN(data78)) && isFinite(data78))) {
                const err114 = { instancePath: instancePath + "/lost/records/error", schemaPath: "#/properties/lost/properties/records/properties/error/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err114];
                } else {
                  vErrors.push(err114);
                }
                errors++;
              }
            }
            if (data74.event !== void 0) {
              let data79 = data74.event;
              if (!(typeof data79 == "number" && (!(data79 % 1) && !isNaN(data79)) && isFinite(data79))) {
                const err115 = { instancePath: instancePath + "/lost/records/event", schemaPath: "#/properties/lost/properties/records/properties/event/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
                if (vErrors === null) {
                  vErrors = [err115];
                } else {
                  vErrors.push(err115);
                }
                errors++;
              }
            }
          } else {
            const err116 = { instancePath: instancePath + "/lost/records", schemaPath: "#/properties/lost/properties/records/type", keyword: "type", params: { type: "object" }, message: "must be object" };
            if (vErrors === null) {
              vErrors = [err116];
            } else {
              vErrors.push(err116);
            }
            errors++;
          }
        }
        if (data71.damaged !== void 0) {
          let data80 = data71.damaged;
          if (!(typeof data80 == "number" && (!(data80 % 1) && !isNaN(data80)) && isFinite(data80))) {
            const err117 = { instancePath: instancePath + "/lost/damaged", schemaPath: "#/properties/lost/properties/damaged/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err117];
            } else {
              vErrors.push(err117);
            }
            errors++;
          }
        }
      } else {
        const err118 = { instancePath: instancePath + "/lost", schemaPath: "#/properties/lost/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err118];
        } else {
          vErrors.push(err118);
        }
        errors++;
      }
    }
    if (data.host !== void 0) {
      let data81 = data.host;
      if (data81 && typeof data81 == "object" && !Array.isArray(data81)) {
        for (const key13 in data81) {
          if (!(key13 === "os" || key13 === "kernel" || key13 === "architecture" || key13 === "platform" || key13 === "memory")) {
            const err119 = { instancePath: instancePath + "/host", schemaPath: "#/properties/host/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key13 }, message: "must NOT have additional properties" };
            if (vErrors === null) {
              vErrors = [err119];
            } else {
              vErrors.push(err119);
            }
            errors++;
          }
        }
        if (data81.os !== void 0) {
          if (typeof data81.os !== "string") {
            const err120 = { instancePath: instancePath + "/host/os", schemaPath: "#/properties/host/properties/os/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err120];
            } else {
              vErrors.push(err120);
            }
            errors++;
          }
        }
        if (data81.kernel !== void 0) {
          if (typeof data81.kernel !== "string") {
            const err121 = { instancePath: instancePath + "/host/kernel", schemaPath: "#/properties/host/properties/kernel/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err121];
            } else {
              vErrors.push(err121);
            }
            errors++;
          }
        }
        if (data81.architecture !== void 0) {
          if (typeof data81.architecture !== "string") {
            const err122 = { instancePath: instancePath + "/host/architecture", schemaPath: "#/properties/host/properties/architecture/type", keyword: "type", params: { type: "string" }, message: "must be string" };
            if (vErrors === null) {
              vErrors = [err122];
            } else {
              vErrors.push(err122);
            }
            errors++;
          }
        }
        if (data81.platform !== void 0) {
          if (!validate343(data81.platform, { instancePath: instancePath + "/host/platform", parentData: data81, parentDataProperty: "platform", rootData })) {
            vErrors = vErrors === null ? validate343.errors : vErrors.concat(validate343.errors);
            errors = vErrors.length;
          }
        }
        if (data81.memory !== void 0) {
          let data86 = data81.memory;
          if (!(typeof data86 == "number" && (!(data86 % 1) && !isNaN(data86)) && isFinite(data86))) {
            const err123 = { instancePath: instancePath + "/host/memory", schemaPath: "#/properties/host/properties/memory/type", keyword: "type", params: { type: "integer" }, message: "must be integer" };
            if (vErrors === null) {
              vErrors = [err123];
            } else {
              vErrors.push(err123);
            }
            errors++;
          }
          if (typeof data86 == "number" && isFinite(data86)) {
            if (data86 < 0 || isNaN(data86)) {
              const err124 = { instancePath: instancePath + "/host/memory", schemaPath: "#/properties/host/properties/memory/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" };
              if (vErrors === null) {
                vErrors = [err124];
              } else {
                vErrors.push(err124);
              }
              errors++;
            }
          }
        }
      } else {
        const err125 = { instancePath: instancePath + "/host", schemaPath: "#/properties/host/type", keyword: "type", params: { type: "object" }, message: "must be object" };
        if (vErrors === null) {
          vErrors = [err125];
        } else {
          vErrors.push(err125);
        }
        errors++;
      }
    }
  } else {
    const err126 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" };
    if (vErrors === null) {
      vErrors = [err126];
    } else {
      vErrors.push(err126);
    }
    errors++;
  }
  validate373.errors = vErrors;
  return errors === 0;
}
export {
  agent,
  app,
  device,
  fleet,
  gateway,
  group,
  images,
  operator,
  policy,
  release,
  review,
  rollout,
  status
};
