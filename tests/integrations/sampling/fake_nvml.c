/* A stand-in for NVIDIA's driver library, for machines that have none: the functions that are asked for, with nvml.h's
 * numbers. FAKE_NVML names the machine: two (an H100 and a T4), mig (an A100 in two parts), bare (a card that tells its
 * name and nothing else), none (no card), broken (the driver does not come up), deaf (opening hangs), stuck (reading power
 * hangs from the second time on), reset (the counter of energy begins anew), lost (the card is gone from the second reading on),
 * old (no call that came after 2020). */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OK = 0, INVALID = 2, NOT_SUPPORTED = 3, DRIVER_NOT_LOADED = 9, NO_FUNCTION = 13, LOST = 15 };
#define PART 100L

static int is(const char *name) {
    const char *said = getenv("FAKE_NVML");
    return said != NULL && strcmp(said, name) == 0;
}

static int counts;

int nvmlInitWithFlags(unsigned flags) {
    (void)flags;
    while (is("deaf")) sleep(60);
    return is("broken") ? DRIVER_NOT_LOADED : OK;
}
int nvmlShutdown(void) { return OK; }
const char *nvmlErrorString(int code) { return code == DRIVER_NOT_LOADED ? "Driver Not Loaded" : "Error"; }

int nvmlSystemGetDriverVersion(char *said, unsigned room) { strncpy(said, "590.48.01", room); return OK; }
int nvmlSystemGetCudaDriverVersion_v2(int *said) { *said = 13010; return OK; }

int nvmlDeviceGetCount_v2(unsigned *said) { *said = is("none") ? 0 : is("two") ? 2 : 1; return OK; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, long *said) { *said = index + 1; return OK; }

static int unanswered(void) { return is("bare") ? NOT_SUPPORTED : is("lost") && counts > 1 ? LOST : OK; }

int nvmlDeviceGetName(long card, char *said, unsigned room) {
    strncpy(said, is("mig") ? "NVIDIA A100-SXM4-80GB" : card == 2 ? "Tesla T4" : "NVIDIA H100 80GB HBM3", room);
    return OK;
}
int nvmlDeviceGetUUID(long card, char *said, unsigned room) {
    if (is("bare")) return NOT_SUPPORTED;
    strncpy(said, card > PART ? "MIG-0a4f8c31-0000-5000-8000-000000000001" : card == 2
        ? "GPU-1c5e4bd0-1a11-4a3e-9d8c-6f0f4d8f2a02" : "GPU-1c5e4bd0-1a11-4a3e-9d8c-6f0f4d8f2a01", room);
    return OK;
}
int nvmlDeviceGetArchitecture(long card, unsigned *said) {
    if (is("bare")) return NOT_SUPPORTED;
    *said = is("mig") ? 7 : card == 2 ? 6 : 9;
    return OK;
}

struct memory { unsigned long long total, free, used; };
struct memory_v2 { unsigned version; unsigned long long total, reserved, free, used; };
int nvmlDeviceGetMemoryInfo(long card, struct memory *said) {
    if (is("bare")) return NOT_SUPPORTED;
    said->total = card > PART ? 10000000000ULL : 85520809984ULL;
    said->used = 5000000000ULL;
    said->free = said->total - said->used;
    return OK;
}
int nvmlDeviceGetMemoryInfo_v2(long card, struct memory_v2 *said) {
    if (is("bare") || is("old")) return NO_FUNCTION;
    said->total = card > PART ? 10000000000ULL : 85520809984ULL;
    said->reserved = 500000000ULL;
    said->used = 4500000000ULL;
    said->free = said->total - said->used - said->reserved;
    return OK;
}

struct utilization { unsigned gpu, memory; };
int nvmlDeviceGetUtilizationRates(long card, struct utilization *said) {
    int error = unanswered();
    if (error) return error;
    said->gpu = is("mig") ? 0 : card == 2 ? 0 : 60 + 10 * (counts % 3); /* a cut card answers 0 with some drivers */
    said->memory = 30;
    return OK;
}
int nvmlDeviceGetPowerUsage(long card, unsigned *said) {
    counts++;
    while (is("stuck") && counts > 1) sleep(60);
    int error = unanswered();
    if (error) return error;
    *said = card == 2 ? 12345 : 400000 + 10000 * counts;
    return OK;
}
int nvmlDeviceGetEnforcedPowerLimit(long card, unsigned *said) { (void)card; *said = 700000; return OK; }
int nvmlDeviceGetClockInfo(long card, unsigned sort, unsigned *said) {
    (void)card;
    int error = unanswered();
    if (error) return error;
    *said = sort == 1 ? 1980 : sort == 2 ? 2619 : 0;
    return OK;
}
int nvmlDeviceGetMaxClockInfo(long card, unsigned sort, unsigned *said) { return nvmlDeviceGetClockInfo(card, sort, said); }

static int reasons(unsigned long long *said) {
    int error = unanswered();
    if (error) return error;
    *said = counts > 1 ? 0x4 | 0x40 : 0x4;
    return OK;
}
int nvmlDeviceGetCurrentClocksEventReasons(long card, unsigned long long *said) {
    (void)card;
    return is("old") ? NO_FUNCTION : reasons(said);
}
int nvmlDeviceGetCurrentClocksThrottleReasons(long card, unsigned long long *said) { (void)card; return reasons(said); }

struct temperature { unsigned version, sensor; int celsius; };
int nvmlDeviceGetTemperatureV(long card, struct temperature *said) {
    (void)card;
    int error = is("old") ? NO_FUNCTION : unanswered();
    if (error) return error;
    said->celsius = 61;
    return OK;
}
int nvmlDeviceGetTemperature(long card, unsigned sensor, unsigned *said) {
    (void)card; (void)sensor;
    int error = unanswered();
    if (error) return error;
    *said = 61;
    return OK;
}

int nvmlDeviceGetTotalEnergyConsumption(long card, unsigned long long *said) {
    static unsigned long long asked;
    if (is("bare") || card == 2) return NOT_SUPPORTED; /* a counter came with Volta on data-centre cards; this T4 hides it */
    asked++;
    *said = is("reset") && asked > 1 ? 7000 : 1000000000ULL + 4000000ULL * asked;
    return OK;
}
int nvmlDeviceGetTotalEccErrors(long card, unsigned sort, unsigned counter, unsigned long long *said) {
    (void)card;
    if (is("bare") || counter != 0) return NOT_SUPPORTED;
    *said = sort == 0 ? 3 : 0;
    return OK;
}
int nvmlDeviceGetEccMode(long card, unsigned *now, unsigned *then) { (void)card; *now = *then = 1; return is("bare") ? NOT_SUPPORTED : OK; }
int nvmlDeviceGetMigMode(long card, unsigned *now, unsigned *then) {
    if (is("bare") || card == 2) return NOT_SUPPORTED;
    *now = *then = is("mig");
    return OK;
}
int nvmlDeviceGetMaxMigDeviceCount(long card, unsigned *said) { (void)card; *said = is("mig") ? 7 : 0; return OK; }
int nvmlDeviceGetMigDeviceHandleByIndex(long card, unsigned index, long *said) {
    if (!is("mig") || index > 1) return INVALID;
    *said = PART + card + index;
    return OK;
}
