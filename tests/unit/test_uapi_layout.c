/* SPDX-License-Identifier: MIT */
/*
 * The layout of iommusim/uapi.h: numbers fixed by the reference, and where the kernel's own
 * header is installed every member that it has.
 */
#include <check.h>
#include <stddef.h>
#include <stdio.h>

#include "iommusim/uapi.h"
#include "tests/run.h"

#if __has_include(<linux/iommufd.h>)
#include <linux/iommufd.h>
#define HAVE_IOMMUFD 1
#endif
#if __has_include(<linux/vfio.h>)
#include <linux/vfio.h>
#endif

/* Sizes, and the offset and size of the last member: Linux 7.3. */
static const struct {
	const char *name;
	size_t size, last, last_bytes, want_size, want_last, want_last_bytes;
} fixed[] = {
#define F(s, member, size_, last_, bytes_)                                                         \
	{                                                                                          \
#s, sizeof(struct ims_uapi_##s), offsetof(struct ims_uapi_##s, member),            \
			sizeof(((struct ims_uapi_##s *)0)->member), size_, last_, bytes_           \
	}
	F(destroy, id, 8, 4, 4),
	F(ioas_alloc, out_ioas_id, 12, 8, 4),
	F(ioas_iova_ranges, out_iova_alignment, 32, 24, 8),
	F(ioas_allow_iovas, allowed_iovas, 24, 16, 8),
	F(ioas_map, iova, 40, 32, 8),
	F(ioas_copy, src_iova, 40, 32, 8),
	F(ioas_unmap, length, 24, 16, 8),
	F(option, val64, 24, 16, 8),
	F(hwpt_alloc, fault_id, 48, 40, 4),
	F(hw_info, out_capabilities, 40, 32, 8),
	F(set_dirty, reserved, 16, 12, 4),
	F(get_dirty, data, 48, 40, 8),
	F(invalidate, reserved, 32, 28, 4),
	F(fault_alloc, out_fault_fd, 16, 12, 4),
	F(viommu_alloc, data_uptr, 40, 32, 8),
	F(vdevice_alloc, virt_id, 24, 16, 8),
	F(veventq_alloc, reserved, 32, 28, 4),
	F(hw_queue_alloc, length, 40, 32, 8),
	F(device_bind, out_devid, 16, 12, 4),
	F(device_attach, pasid, 16, 12, 4),
	F(device_detach, pasid, 12, 8, 4),
#undef F
};

START_TEST(fixed_numbers)
{
	ck_assert_uint_eq(fixed[_i].size, fixed[_i].want_size);
	ck_assert_msg(fixed[_i].last == fixed[_i].want_last, "%s: %zu", fixed[_i].name,
		      fixed[_i].last);
	ck_assert_uint_eq(fixed[_i].last_bytes, fixed[_i].want_last_bytes);
}
END_TEST

START_TEST(numbers_of_the_calls)
{
	ck_assert_uint_eq(IMS_UAPI_HWPT_INVALIDATE, 0x8d);
	ck_assert_uint_eq(IMS_UAPI_FAULT_QUEUE_ALLOC, 0x8e);
	ck_assert_uint_eq(IMS_UAPI_VIOMMU_ALLOC, 0x90);
	ck_assert_uint_eq(IMS_UAPI_VDEVICE_ALLOC, 0x91);
	ck_assert_uint_eq(IMS_UAPI_VEVENTQ_ALLOC, 0x93);
	ck_assert_uint_eq(IMS_UAPI_HW_QUEUE_ALLOC, 0x94);
}
END_TEST

/* SAME(ours, theirs, our member, their member). */
#define SAME(o, t, om, tm)                                                                         \
	do {                                                                                       \
		ck_assert_msg(offsetof(struct ims_uapi_##o, om) == offsetof(struct t, tm),         \
			      #o "." #om " does not stand where the kernel has it");               \
		ck_assert_uint_eq(sizeof(((struct ims_uapi_##o *)0)->om),                          \
				  sizeof(((struct t *)0)->tm));                                    \
		compared++;                                                                        \
	} while (0)
#define SIZE(o, t) ck_assert_uint_eq(sizeof(struct ims_uapi_##o), sizeof(struct t))

#ifdef HAVE_IOMMUFD
static unsigned spaces(void)
{
	unsigned compared = 0;

	ck_assert_uint_eq(_IOC_NR(IOMMU_DESTROY), IMS_UAPI_DESTROY);
	ck_assert_uint_eq(_IOC_NR(IOMMU_HWPT_ALLOC), IMS_UAPI_HWPT_ALLOC);
	ck_assert_uint_eq(_IOC_NR(IOMMU_GET_HW_INFO), IMS_UAPI_GET_HW_INFO);
	ck_assert_uint_eq(_IOC_NR(IOMMU_OPTION), IMS_UAPI_OPTION);
	SIZE(destroy, iommu_destroy);
	SAME(destroy, iommu_destroy, id, id);
	SIZE(ioas_alloc, iommu_ioas_alloc);
	SAME(ioas_alloc, iommu_ioas_alloc, flags, flags);
	SAME(ioas_alloc, iommu_ioas_alloc, out_ioas_id, out_ioas_id);
	SIZE(iova_range, iommu_iova_range);
	SAME(iova_range, iommu_iova_range, last, last);
	SIZE(ioas_iova_ranges, iommu_ioas_iova_ranges);
	SAME(ioas_iova_ranges, iommu_ioas_iova_ranges, ioas_id, ioas_id);
	SAME(ioas_iova_ranges, iommu_ioas_iova_ranges, num_iovas, num_iovas);
	SAME(ioas_iova_ranges, iommu_ioas_iova_ranges, allowed_iovas, allowed_iovas);
	SAME(ioas_iova_ranges, iommu_ioas_iova_ranges, out_iova_alignment, out_iova_alignment);
	SIZE(ioas_allow_iovas, iommu_ioas_allow_iovas);
	SAME(ioas_allow_iovas, iommu_ioas_allow_iovas, allowed_iovas, allowed_iovas);
	SIZE(ioas_map, iommu_ioas_map);
	SAME(ioas_map, iommu_ioas_map, flags, flags);
	SAME(ioas_map, iommu_ioas_map, ioas_id, ioas_id);
	SAME(ioas_map, iommu_ioas_map, user_va, user_va);
	SAME(ioas_map, iommu_ioas_map, length, length);
	SAME(ioas_map, iommu_ioas_map, iova, iova);
	SIZE(ioas_copy, iommu_ioas_copy);
	SAME(ioas_copy, iommu_ioas_copy, dst_ioas_id, dst_ioas_id);
	SAME(ioas_copy, iommu_ioas_copy, src_ioas_id, src_ioas_id);
	SAME(ioas_copy, iommu_ioas_copy, length, length);
	SAME(ioas_copy, iommu_ioas_copy, dst_iova, dst_iova);
	SAME(ioas_copy, iommu_ioas_copy, src_iova, src_iova);
	SIZE(ioas_unmap, iommu_ioas_unmap);
	SAME(ioas_unmap, iommu_ioas_unmap, iova, iova);
	SAME(ioas_unmap, iommu_ioas_unmap, length, length);
	SIZE(option, iommu_option);
	SAME(option, iommu_option, option_id, option_id);
	SAME(option, iommu_option, op, op);
	SAME(option, iommu_option, object_id, object_id);
	SAME(option, iommu_option, val64, val64);
	return compared;
}

static unsigned tables(void)
{
	unsigned compared = 0;

	SAME(hwpt_alloc, iommu_hwpt_alloc, flags, flags);
	SAME(hwpt_alloc, iommu_hwpt_alloc, dev_id, dev_id);
	SAME(hwpt_alloc, iommu_hwpt_alloc, pt_id, pt_id);
	SAME(hwpt_alloc, iommu_hwpt_alloc, out_hwpt_id, out_hwpt_id);
	SAME(hwpt_alloc, iommu_hwpt_alloc, data_type, data_type);
	SAME(hwpt_alloc, iommu_hwpt_alloc, data_len, data_len);
	SAME(hwpt_alloc, iommu_hwpt_alloc, data_uptr, data_uptr);
	SIZE(hw_info, iommu_hw_info);
	SAME(hw_info, iommu_hw_info, dev_id, dev_id);
	SAME(hw_info, iommu_hw_info, data_len, data_len);
	SAME(hw_info, iommu_hw_info, data_uptr, data_uptr);
	SAME(hw_info, iommu_hw_info, data_type, out_data_type);
	SAME(hw_info, iommu_hw_info, out_capabilities, out_capabilities);
	SIZE(set_dirty, iommu_hwpt_set_dirty_tracking);
	SAME(set_dirty, iommu_hwpt_set_dirty_tracking, hwpt_id, hwpt_id);
	SIZE(get_dirty, iommu_hwpt_get_dirty_bitmap);
	SAME(get_dirty, iommu_hwpt_get_dirty_bitmap, hwpt_id, hwpt_id);
	SAME(get_dirty, iommu_hwpt_get_dirty_bitmap, iova, iova);
	SAME(get_dirty, iommu_hwpt_get_dirty_bitmap, page_size, page_size);
	SAME(get_dirty, iommu_hwpt_get_dirty_bitmap, data, data);
	return compared;
}
#endif

/* What older headers do not have. */
static unsigned later(void)
{
	unsigned compared = 0;

#ifdef IOMMU_HWPT_INVALIDATE
	SIZE(invalidate, iommu_hwpt_invalidate);
	SAME(invalidate, iommu_hwpt_invalidate, hwpt_id, hwpt_id);
	SAME(invalidate, iommu_hwpt_invalidate, data_uptr, data_uptr);
	SAME(invalidate, iommu_hwpt_invalidate, data_type, data_type);
	SAME(invalidate, iommu_hwpt_invalidate, entry_len, entry_len);
	SAME(invalidate, iommu_hwpt_invalidate, entry_num, entry_num);
#endif
#ifdef IOMMU_FAULT_QUEUE_ALLOC
	SIZE(fault_alloc, iommu_fault_alloc);
	SAME(fault_alloc, iommu_fault_alloc, out_fault_id, out_fault_id);
	SAME(fault_alloc, iommu_fault_alloc, out_fault_fd, out_fault_fd);
	SIZE(hwpt_alloc, iommu_hwpt_alloc);
	SAME(hwpt_alloc, iommu_hwpt_alloc, fault_id, fault_id);
#endif
#ifdef IOMMU_VIOMMU_ALLOC
	SAME(viommu_alloc, iommu_viommu_alloc, type, type);
	SAME(viommu_alloc, iommu_viommu_alloc, dev_id, dev_id);
	SAME(viommu_alloc, iommu_viommu_alloc, hwpt_id, hwpt_id);
	SAME(viommu_alloc, iommu_viommu_alloc, out_viommu_id, out_viommu_id);
	SIZE(vdevice_alloc, iommu_vdevice_alloc);
	SAME(vdevice_alloc, iommu_vdevice_alloc, viommu_id, viommu_id);
	SAME(vdevice_alloc, iommu_vdevice_alloc, dev_id, dev_id);
	SAME(vdevice_alloc, iommu_vdevice_alloc, out_vdevice_id, out_vdevice_id);
	SAME(vdevice_alloc, iommu_vdevice_alloc, virt_id, virt_id);
#endif
#ifdef IOMMU_VEVENTQ_ALLOC
	SIZE(veventq_alloc, iommu_veventq_alloc);
	SAME(veventq_alloc, iommu_veventq_alloc, viommu_id, viommu_id);
	SAME(veventq_alloc, iommu_veventq_alloc, type, type);
	SAME(veventq_alloc, iommu_veventq_alloc, veventq_depth, veventq_depth);
	SAME(veventq_alloc, iommu_veventq_alloc, out_veventq_id, out_veventq_id);
	SAME(veventq_alloc, iommu_veventq_alloc, out_veventq_fd, out_veventq_fd);
	SAME(hw_info, iommu_hw_info, out_max_pasid_log2, out_max_pasid_log2);
#endif
#ifdef IOMMU_HW_QUEUE_ALLOC
	SIZE(viommu_alloc, iommu_viommu_alloc);
	SAME(viommu_alloc, iommu_viommu_alloc, data_len, data_len);
	SAME(viommu_alloc, iommu_viommu_alloc, data_uptr, data_uptr);
	SIZE(hw_queue_alloc, iommu_hw_queue_alloc);
	SAME(hw_queue_alloc, iommu_hw_queue_alloc, viommu_id, viommu_id);
	SAME(hw_queue_alloc, iommu_hw_queue_alloc, type, type);
	SAME(hw_queue_alloc, iommu_hw_queue_alloc, index, index);
	SAME(hw_queue_alloc, iommu_hw_queue_alloc, out_hw_queue_id, out_hw_queue_id);
	SAME(hw_queue_alloc, iommu_hw_queue_alloc, nesting_parent_iova, nesting_parent_iova);
	SAME(hw_queue_alloc, iommu_hw_queue_alloc, length, length);
#endif
#ifdef VFIO_DEVICE_BIND_IOMMUFD
	ck_assert_uint_eq(_IOC_NR(VFIO_DEVICE_BIND_IOMMUFD), IMS_UAPI_DEVICE_BIND);
	ck_assert_uint_eq(_IOC_NR(VFIO_DEVICE_ATTACH_IOMMUFD_PT), IMS_UAPI_DEVICE_ATTACH);
	ck_assert_uint_eq(_IOC_NR(VFIO_DEVICE_DETACH_IOMMUFD_PT), IMS_UAPI_DEVICE_DETACH);
	SIZE(device_bind, vfio_device_bind_iommufd);
	SAME(device_bind, vfio_device_bind_iommufd, iommufd, iommufd);
	SAME(device_bind, vfio_device_bind_iommufd, out_devid, out_devid);
	SAME(device_attach, vfio_device_attach_iommufd_pt, pt_id, pt_id);
#endif
	return compared;
}

START_TEST(as_the_kernel_has_it)
{
	unsigned compared = later();

#ifdef HAVE_IOMMUFD
	compared += spaces() + tables();
#endif
	/* Without a header there is nothing to compare with; the numbers above stand. */
	printf("members compared with the installed header: %u\n", compared);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("uapi_layout");
	TCase *t = tcase_create("layout");

	tcase_add_loop_test(t, fixed_numbers, 0, (int)(sizeof(fixed) / sizeof(fixed[0])));
	tcase_add_test(t, numbers_of_the_calls);
	tcase_add_test(t, as_the_kernel_has_it);
	suite_add_tcase(suite, t);
	return tests_run(suite);
}
