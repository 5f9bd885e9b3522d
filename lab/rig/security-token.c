/*
 * A security token made of software, as OpenSSH loads it (PROTOCOL.u2f, sk-api.h): what it is asked goes to a program, whose
 * answer are lines of hexadecimal digits. Nothing but the C library is needed to build it.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct enrolled {
  uint8_t flags;
  uint8_t *public_key;
  size_t public_key_bytes;
  uint8_t *key_handle;
  size_t key_handle_bytes;
  uint8_t *signature;
  size_t signature_bytes;
  uint8_t *certificate;
  size_t certificate_bytes;
  uint8_t *authenticator_data;
  size_t authenticator_data_bytes;
};

struct signed_message {
  uint8_t flags;
  uint32_t counter;
  uint8_t *r;
  size_t r_bytes;
  uint8_t *s;
  size_t s_bytes;
};

static const int general_error = -1;

static void add_hex(char *text, const uint8_t *bytes, size_t count) {
  size_t length = strlen(text);
  for (size_t index = 0; index < count; index += 1)
    length += (size_t)sprintf(text + length, "%02x", bytes[index]);
}

/* One line of hexadecimal digits; an empty one is none. */
static int read_hex(FILE *from, uint8_t **bytes, size_t *count) {
  static char line[16384];
  if (fgets(line, sizeof line, from) == NULL) return -1;
  *count = strcspn(line, "\n") / 2;
  *bytes = *count == 0 ? NULL : calloc(1, *count);
  for (size_t index = 0; index < *count; index += 1)
    if (sscanf(line + 2 * index, "%2hhx", *bytes + index) != 1) return -1;
  return 0;
}

static FILE *ask(const char *what, unsigned algorithm, unsigned flags, const char *application,
                 const uint8_t *one, size_t one_bytes, const uint8_t *other, size_t other_bytes) {
  const char *program = getenv("TOWLINE_TEST_TOKEN");
  if (program == NULL || one_bytes + other_bytes > 4096) return NULL;
  static char command[32768];
  snprintf(command, sizeof command, "%s %s %u %u ", program, what, algorithm, flags);
  add_hex(command, (const uint8_t *)application, strlen(application));
  strcat(command, " 0x");
  add_hex(command, one, one_bytes);
  strcat(command, " 0x");
  add_hex(command, other, other_bytes);
  return popen(command, "r");
}

uint32_t sk_api_version(void) { return TOKEN_API; }

int sk_enroll(uint32_t algorithm, const uint8_t *challenge, size_t challenge_bytes, const char *application,
              uint8_t flags, const char *pin, void *options, struct enrolled **answer) {
  (void)pin, (void)options;
  FILE *from = ask("enrol", algorithm, flags, application, challenge, challenge_bytes, NULL, 0);
  struct enrolled *made = calloc(1, sizeof *made);
  if (from == NULL || made == NULL) return general_error;
  made->flags = flags;
  int failed = read_hex(from, &made->public_key, &made->public_key_bytes) |
               read_hex(from, &made->key_handle, &made->key_handle_bytes) |
               read_hex(from, &made->signature, &made->signature_bytes);
  failed |= pclose(from);
  *answer = made;
  return failed == 0 ? 0 : general_error;
}

int sk_sign(uint32_t algorithm, const uint8_t *data, size_t data_bytes, const char *application,
            const uint8_t *key_handle, size_t key_handle_bytes, uint8_t flags, const char *pin, void *options,
            struct signed_message **answer) {
  (void)pin, (void)options;
  FILE *from = ask("sign", algorithm, flags, application, data, data_bytes, key_handle, key_handle_bytes);
  struct signed_message *made = calloc(1, sizeof *made);
  uint8_t *counter = NULL;
  size_t counter_bytes = 0;
  if (from == NULL || made == NULL) return general_error;
  made->flags = flags;
  int failed = read_hex(from, &counter, &counter_bytes) | read_hex(from, &made->r, &made->r_bytes) |
               read_hex(from, &made->s, &made->s_bytes);
  failed |= pclose(from);
  for (size_t index = 0; index < counter_bytes; index += 1) made->counter = made->counter << 8 | counter[index];
  free(counter);
  *answer = made;
  return failed == 0 ? 0 : general_error;
}

int sk_load_resident_keys(const char *pin, void *options, void ***keys, size_t *count) {
  (void)pin, (void)options, (void)keys, (void)count;
  return general_error;
}
